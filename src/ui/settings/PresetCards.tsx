/** Ready-made settings to choose from, each with what it is for. */
import { Radio, Text } from '@mantine/core';
import { isBusy } from '../../client/state';
import { PRESET_LABELS, type PresetId, PRESETS } from '../../engine/experiments/meta';
import { useStudio, useStudioState } from '../StudioContext';
import { presetOf } from '../../client/preset';
import css from './settings.module.css';

/** The quickest first: a beginner meets it first. */
const SHOWN: readonly PresetId[] = ['quick', ...PRESETS.filter((id) => id !== 'quick')];

export function PresetCards({ compact = false }: { compact?: boolean }) {
  const studio = useStudio();
  const busy = useStudioState(isBusy);
  const preset = useStudioState((s) => presetOf(s.config));
  return (
    <Radio.Group
      value={preset ?? ''}
      onChange={(id) => studio.applyPreset(id as PresetId)}
      label="Preset"
      labelProps={{ className: 'visually-hidden' }}
      data-testid="preset"
    >
      <div className={css['presets']} data-compact={compact || undefined}>
        {SHOWN.map((id) => (
          <Radio.Card key={id} value={id} disabled={busy} className={css['preset']} data-testid={`preset-${id}`}>
            <Radio.Indicator size="xs" />
            <div>
              <Text size="sm" fw={600}>
                {PRESET_LABELS[id].label}
              </Text>
              {!compact && (
                <Text className={css['why']} c="dimmed">
                  {PRESET_LABELS[id].why} {preset === id && PRESET_LABELS[id].differs}
                </Text>
              )}
            </div>
          </Radio.Card>
        ))}
      </div>
      <Text className={css['why']} c="dimmed" mb="sm">
        {preset ? compact && wholeWhy(preset) : 'Settings of your own.'}
      </Text>
    </Radio.Group>
  );
}

const wholeWhy = (id: PresetId): string => [PRESET_LABELS[id].why, PRESET_LABELS[id].differs].filter(Boolean).join(' ');
