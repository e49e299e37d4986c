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
  const leader = leaderOf(sweep);
  const best = leader?.size;
  const { selectBy } = config;
  const valueOf = (point: SweepPoint) => selectedValue(point, selectBy);
  const leading = [...points].sort((a, b) => valueOf(b) - valueOf(a) || a.size - b.size).slice(0, 3);
  const sizes = leading.map(({ size }) => size);
  // What is set is shown, whatever this sweep has measured.
  const offered = tuneSize === 0 || sizes.includes(tuneSize) ? sizes : [...sizes, tuneSize];
  const pointAt = (size: number) => points.find((point) => point.size === size);
  const valueText = (size: number) => {
    const point = pointAt(size);
    const by = selectBy === 'accuracy' ? '' : ` ${SELECTION_NAMES[selectBy]}`;
    return point ? `${formatAccuracy(valueOf(point), point.count)}${by}` : '';
  };
  const noteOf = (size: number) => {
    const point = pointAt(size);
    if (!point) return 'as set, not measured';
    if (leader && valueOf(point) === valueOf(leader)) return 'highest';
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
        {offered.map((size) => (
          <Radio.Card key={size} value={String(size)} disabled={busy} className={settingsCss['preset']} mb={6}>
            <Radio.Indicator size="xs" />
            <Text size="sm" className="figures">
              <b>{size} px</b> {valueText(size)}{' '}
              <Text span size="xs" c="dimmed">
                {noteOf(size)}
              </Text>
            </Text>
          </Radio.Card>
        ))}
      </Radio.Group>
    </Card>
  );
}
