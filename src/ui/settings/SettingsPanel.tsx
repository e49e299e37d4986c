/** The settings of one step, its plan, and the one button that starts it. */
import { Anchor, Box, Button, Collapse, Group, Select, Text, UnstyledButton } from '@mantine/core';
import { Fragment } from 'react';
import { useDisclosure } from '@mantine/hooks';
import { IconChevronDown, IconChevronRight, IconPlayerPlay } from '@tabler/icons-react';
import { useShallow } from 'zustand/react/shallow';
import { startBlock } from '../../client/selectors';
import { STAGE_LABELS } from '../../client/stageStatus';
import { isBusy, resultOf } from '../../client/state';
import type { Field } from '../../engine/base/config';
import {
  type ExperimentId,
  FIELDS_OF_RUN,
  PRESET_CONFIGS,
  PRESET_LABELS,
  type PresetId,
  PRESETS,
  type StepId,
  type StudioConfig,
} from '../../engine/experiments/meta';
import { useStudio, useStudioState } from '../StudioContext';
import { useStartRun } from '../useStartRun';
import { FindRateButton } from './FindRateButton';
import { FieldRow } from './FieldRow';
import { PlanCard } from './PlanCard';
import css from './settings.module.css';

type Run = StepId | ExperimentId;

const VERBS: Record<Run, { first: string; again: string }> = {
  baseline: { first: 'Train the baseline', again: 'Train it again' },
  sweep: { first: 'Measure these sizes', again: 'Measure again' },
  finetune: { first: 'Fine-tune', again: 'Fine-tune again' },
  ablation: { first: 'Tune part by part', again: 'Tune again' },
  lowResolution: { first: 'Train both', again: 'Train again' },
  progressive: { first: 'Train on', again: 'Train on again' },
  adaptation: { first: 'Fit and map', again: 'Fit again' },
};

export function SettingsPanel({ run }: { run: Run }) {
  const [open, { toggle }] = useDisclosure(false);
  const busy = useStudioState(isBusy);
  const applicable = useStudioState(
    useShallow((s) => Object.keys(FIELDS_OF_RUN[run]).filter((name) => applies(FIELDS_OF_RUN[run][name]!, s.config))),
  );
  const fields = applicable.map((name) => [name as keyof StudioConfig, FIELDS_OF_RUN[run][name]!] as const);
  const advanced = fields.filter(([, field]) => field.advanced);
  return (
    <div className={css['panel']}>
      <div className={css['fields']} tabIndex={-1}>
        {run === 'baseline' && <PresetSwitch disabled={busy} />}
        {fields
          .filter(([, field]) => !field.advanced)
          .map(([name, field]) => (
            <Fragment key={name}>
              <FieldRow name={name} field={field} disabled={busy} />
              {run === 'baseline' && name === 'lr' && <FindRateButton />}
            </Fragment>
          ))}
        {advanced.length > 0 && (
          <>
            <UnstyledButton onClick={toggle} aria-expanded={open} fz="sm" fw={600} mb="xs" data-testid="advanced">
              <Group gap={4}>
                {open ? <IconChevronDown size={14} aria-hidden /> : <IconChevronRight size={14} aria-hidden />}
                Advanced
              </Group>
            </UnstyledButton>
            <Collapse expanded={open} transitionDuration={0}>
              {advanced.map(([name, field]) => (
                <FieldRow key={name} name={name} field={field} disabled={busy} />
              ))}
            </Collapse>
          </>
        )}
      </div>
      <div className={css['foot']}>
        <PlanCard run={run} />
        <StartButton run={run} />
      </div>
    </div>
  );
}

function applies({ onlyWith }: Field, config: StudioConfig): boolean {
  return !onlyWith || config[onlyWith[0] as keyof StudioConfig] === onlyWith[1];
}

function PresetSwitch({ disabled }: { disabled: boolean }) {
  const studio = useStudio();
  const preset = useStudioState((s) => presetOf(s.config));
  return (
    <Box mb="md">
      <Select
        size="xs"
        label="Preset"
        disabled={disabled}
        allowDeselect={false}
        comboboxProps={{ transitionProps: { duration: 0 } }}
        placeholder="Your own"
        data={PRESETS.map((id) => ({ value: id, label: PRESET_LABELS[id].label }))}
        value={preset}
        onChange={(id) => id && studio.applyPreset(id)}
        data-testid="preset"
      />
      <Text className={`${css['why']} ${css['presetWhy']}`} c="dimmed" mt={4}>
        {preset ? PRESET_LABELS[preset].why : 'Settings of your own.'}
      </Text>
    </Box>
  );
}

const presetOf = (config: StudioConfig): PresetId | null =>
  PRESETS.find((id) => JSON.stringify(PRESET_CONFIGS[id]) === JSON.stringify(config)) ?? null;

function StartButton({ run }: { run: Run }) {
  const studio = useStudio();
  const start = useStartRun();
  const block = useStudioState(useShallow((s) => startBlock(s, run)));
  const again = useStudioState((s) => resultOf(s, run) !== null);
  const running = useStudioState((s) => s.run.run === run && isBusy(s));
  const startsFrom = useStudioState((s) => (run === 'baseline' && s.imported ? s.imported.origin : null));

  return (
    <>
      <Button
        fullWidth
        size="md"
        leftSection={<IconPlayerPlay size={18} />}
        disabled={block !== null}
        onClick={() => start(run)}
        data-testid="start"
      >
        {again ? VERBS[run].again : VERBS[run].first}
      </Button>
      <Text className={css['block']} c="dimmed" data-testid="start-block">
        {running ? 'It is running: see the bar below.' : block?.reason}
        {!block && startsFrom && `Starts from the weights ${startsFrom}.`}{' '}
        {!running && block?.goTo && (
          <Anchor component="button" fz="inherit" underline="always" onClick={() => studio.goTo(block.goTo!)}>
            Go to {STAGE_LABELS[block.goTo]}
          </Anchor>
        )}
      </Text>
    </>
  );
}
