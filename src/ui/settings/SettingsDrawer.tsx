/** The settings of the chosen stage's run: presets, the few that matter first, the rest in groups that can be searched. */
import { Accordion, Button, CloseButton, Drawer, Text, TextInput } from '@mantine/core';
import { IconPlayerPlay, IconSearch } from '@tabler/icons-react';
import { Fragment, useState } from 'react';
import { useShallow } from 'zustand/react/shallow';
import { runOfStage } from '../../client/planner';
import { startBlock } from '../../client/selectors';
import { STAGE_LABELS } from '../../client/stageStatus';
import { isBusy, resultOf } from '../../client/state';
import { EXPERIMENT_META, EXPERIMENTS, RUN_META, type ExperimentId, type StepId } from '../../engine/experiments/meta';
import { MODAL_PROPS } from '../modal';
import { verbsOf } from '../shell/verbs';
import { useStudio, useStudioState } from '../StudioContext';
import { useNarrow } from '../useNarrow';
import { useStartRun } from '../useStartRun';
import { FieldRow } from './FieldRow';
import { FindRateButton } from './FindRateButton';
import { groupedFields, GROUPS, type NamedField } from './groups';
import { PlanCard } from './PlanCard';
import { PresetCards } from './PresetCards';
import css from './settings.module.css';

export function SettingsDrawer() {
  const studio = useStudio();
  const narrow = useNarrow();
  const run = useStudioState((s) => runOfStage(s));
  const close = () => studio.openSettings(false);
  if (!run || run === 'evaluate' || run === 'lrFinder') return null;
  const experiment = EXPERIMENTS.find((one) => one === run);
  return (
    <Drawer
      opened
      onClose={close}
      position={narrow ? 'bottom' : 'right'}
      size={narrow ? '85%' : 400}
      title={`Settings: ${experiment ? EXPERIMENT_META[experiment].label : STAGE_LABELS[run as StepId]}`}
      classNames={{ content: css['drawer'], body: css['drawerBody'] }}
      {...MODAL_PROPS}
    >
      <Panel key={run} run={run} />
    </Drawer>
  );
}

function Panel({ run }: { run: StepId | ExperimentId }) {
  const busy = useStudioState(isBusy);
  const config = useStudioState((s) => s.config);
  const [search, setSearch] = useState('');
  const [told, setTold] = useState<string | null>(null);
  const { first, groups } = groupedFields(RUN_META[run].fields, config, search);
  const rows = (fields: readonly NamedField[]) =>
    fields.map(([name, field]) => (
      <Fragment key={name}>
        <FieldRow name={name} field={field} disabled={busy} onTell={setTold} />
        {run === 'baseline' && name === 'lr' && <FindRateButton />}
      </Fragment>
    ));
  return (
    <>
      {/* It takes the focus to be scrolled where all settings are disabled. */}
      <div className={css['fields']} tabIndex={-1}>
        {run === 'baseline' && search === '' && <PresetCards compact />}
        <TextInput
          size="xs"
          mb="sm"
          leftSection={<IconSearch size={14} />}
          placeholder="Search the settings"
          aria-label="Search the settings"
          value={search}
          onChange={(event) => setSearch(event.currentTarget.value)}
          rightSection={search ? <CloseButton size="xs" aria-label="Show all" onClick={() => setSearch('')} /> : null}
          data-testid="search-settings"
        />
        {rows(first)}
        {search !== '' && groups.length === 0 && <Text size="sm">No setting speaks of “{search}”.</Text>}
        {groups.length > 0 && (
          <Accordion
            key={search === '' ? 'all' : 'found'}
            multiple
            order={3}
            variant="default"
            transitionDuration={0}
            keepMounted={false}
            defaultValue={search === '' ? [] : [...GROUPS]}
            classNames={{ control: css['groupControl'], content: css['groupContent'] }}
          >
            {groups.map(({ group, fields }) => (
              <Accordion.Item key={group} value={group}>
                <Accordion.Control>{group}</Accordion.Control>
                <Accordion.Panel>{rows(fields)}</Accordion.Panel>
              </Accordion.Item>
            ))}
          </Accordion>
        )}
      </div>
      <div className={css['foot']}>
        <Text className={css['told']} c="dimmed" aria-hidden>
          {told ?? 'Each setting says here what it does.'}
        </Text>
        <PlanCard run={run} />
        <StartHere run={run} />
      </div>
    </>
  );
}

function StartHere({ run }: { run: StepId | ExperimentId }) {
  const start = useStartRun();
  const block = useStudioState(useShallow((s) => startBlock(s, run)));
  const again = useStudioState((s) => resultOf(s, run) !== null);
  return (
    <>
      <Button
        fullWidth
        size="md"
        leftSection={<IconPlayerPlay size={18} />}
        disabled={block !== null}
        onClick={() => start(run)}
        data-testid="start-here"
      >
        {verbsOf(run)[again ? 'again' : 'first']}
      </Button>
      {block && (
        <Text className={css['why']} c="dimmed" mt={6}>
          {block.reason}
        </Text>
      )}
    </>
  );
}
