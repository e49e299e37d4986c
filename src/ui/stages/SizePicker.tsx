import { Radio, Text } from '@mantine/core';
import { leaderOf } from '../../client/selectors';
import { isBusy, type SweepResult } from '../../client/state';
import { SELECTION_NAMES, selectedValue } from '../../engine/analysis/score';
import type { SweepPoint } from '../../engine/base/records';
import { formatAccuracy } from '../../words/format';
import { useStudio, useStudioState } from '../StudioContext';
import { Card } from './Card';
import settingsCss from '../settings/settings.module.css';

/** At which of the measured sizes the next step fine-tunes: the best unless another is chosen. */
export function SizePicker({ sweep }: { sweep: SweepResult }) {
  const studio = useStudio();
  const busy = useStudioState(isBusy);
  const tuneSize = useStudioState((s) => s.config.tuneSize);
  const { points, recommendation, config } = sweep;
  const best = leaderOf(sweep)?.size;
  const { selectBy } = config;
  const valueOf = (point: SweepPoint) => selectedValue(point, selectBy);
  const offered = [...points].sort((a, b) => valueOf(b) - valueOf(a) || a.size - b.size).slice(0, 3);
  const noteOf = (size: number) => {
    if (size === best) return 'highest';
    if (recommendation && recommendation.recommended === size)
      return `as good within noise, ${Math.round(100 * (1 - (size / recommendation.best) ** 2))} % cheaper`;
    return size === config.trainSize ? 'trained at' : '';
  };
  return (
    <Card title="Fine-tune at">
      <Radio.Group
        value={String(tuneSize === 0 ? best : tuneSize)}
        onChange={(value) => studio.setConfig({ tuneSize: Number(value) === best ? 0 : Number(value) })}
        label="Fine-tune at"
        labelProps={{ className: 'visually-hidden' }}
      >
        {offered.map((point) => (
          <Radio.Card
            key={point.size}
            value={String(point.size)}
            disabled={busy}
            className={settingsCss['preset']}
            mb={6}
          >
            <Radio.Indicator size="xs" />
            <Text size="sm" className="figures">
              <b>{point.size} px</b> {formatAccuracy(valueOf(point), point.count)}
              {selectBy !== 'accuracy' && ` ${SELECTION_NAMES[selectBy]}`}{' '}
              <Text span size="xs" c="dimmed">
                {noteOf(point.size)}
              </Text>
            </Text>
          </Radio.Card>
        ))}
      </Radio.Group>
    </Card>
  );
}
