/** What runs or would run, and the one button: start, next, or hold. In every stage, at the same place. */
import { ActionIcon, Anchor, Button, Text } from '@mantine/core';
import {
  IconAdjustmentsHorizontal,
  IconArrowRight,
  IconBell,
  IconDownload,
  IconListNumbers,
  IconPlayerPause,
  IconPlayerPlay,
  IconPlayerStop,
} from '@tabler/icons-react';
import { Fragment, memo, useState } from 'react';
import { useShallow } from 'zustand/react/shallow';
import { mayNotify } from '../../client/attendRuns';
import { chosenWeights } from '../../client/chosenWeights';
import { isLong, planMemory, planTime, recipeOf } from '../../client/recipe';
import { remedyOf } from '../../client/remedy';
import { hasWeights, nextOnPath, nextStep, startBlock } from '../../client/selectors';
import { STAGE_LABELS } from '../../client/stageStatus';
import { isBusy, resultOf, type StageId } from '../../client/state';
import { runOfStage } from '../../client/planner';
import { waitingIn } from '../../client/queue';
import type { ExperimentId, StepId } from '../../engine/experiments/meta';
import { formatDuration, formatNoun, keepUnits } from '../../words/format';
import { NEXT_LABELS, type NextStep } from '../../words/verdictParts';
import { shown, useStudio, useStudioState } from '../StudioContext';
import { useStartRun } from '../useStartRun';
import { RunProgress } from './RunProgress';
import { SpokenProgress } from './SpokenProgress';
import { UNSAFE_LOSSES, unsafeSentence } from '../../words/gpu';
import { verbsOf } from './verbs';
import css from './shell.module.css';
import { useKeptFocus } from './useKeptFocus';

export const ActionBar = memo(function ActionBar() {
  const { state, run } = useStudioState((s) => s.run);
  // Between two runs of a queue nothing is idle.
  const busy = useStudioState((s) => s.run.state !== 'idle' || s.queue.going);
  const keptFocus = useKeptFocus<HTMLElement>(state);
  return (
    <footer className={css['bar']} data-testid="run-state" data-state={state} data-run={run ?? ''} {...keptFocus}>
      {busy ? <Running /> : <Idle />}
      <SpokenProgress />
    </footer>
  );
});

function Running() {
  const studio = useStudio();
  const { state } = useStudioState((s) => s.run);
  return (
    <>
      <RunProgress />
      <div className={css['barButtons']}>
        <QueueButton />
        <NotifyButton />
        {state === 'paused' ? (
          <Button
            size="md"
            leftSection={<IconPlayerPlay size={18} />}
            onClick={() => shown(studio.resume())}
            data-goes-on
            data-testid="resume"
          >
            Resume
          </Button>
        ) : (
          <Button
            size="md"
            variant="default"
            leftSection={<IconPlayerPause size={18} />}
            disabled={state !== 'running'}
            onClick={() => shown(studio.pause())}
            data-goes-on
            data-testid="pause"
          >
            Pause
          </Button>
        )}
        <Button
          size="md"
          variant="default"
          leftSection={<IconPlayerStop size={18} />}
          disabled={state !== 'running' && state !== 'paused'}
          onClick={() => shown(studio.stop())}
          data-goes-on
          data-testid="stop"
        >
          Stop
        </Button>
      </div>
    </>
  );
}

/** While a run goes on: what comes after it. */
function QueueButton() {
  const studio = useStudio();
  const waiting = useStudioState((s) => waitingIn(s).length);
  return (
    <Button size="md" variant="subtle" onClick={() => studio.openQueue(true)} data-testid="open-queue">
      {waiting > 0 ? `${waiting} queued` : 'Queue'}
    </Button>
  );
}

/** Asks the browser for leave to tell when all is over; gone once it has answered. */
function NotifyButton() {
  const [allowed, setAllowed] = useState(mayNotify);
  if (allowed !== 'default') return null;
  const ask = async () => setAllowed(await Notification.requestPermission());
  return (
    <ActionIcon
      size={42}
      variant="subtle"
      color="gray"
      onClick={() => shown(ask())}
      aria-label="Notify me when it ends"
      title="Notify me when it ends"
    >
      <IconBell size={18} />
    </ActionIcon>
  );
}

function Idle() {
  const stage = useStudioState((s) => s.stage);
  const run = useStudioState(useShallow((s) => runOfStage(s)));
  if (stage === 'photos') return <PhotosActions />;
  if (stage === 'takehome') return <ExportActions />;
  if (stage === 'runs') return <RunsActions />;
  return <RunActions key={run} run={run as StepId | ExperimentId} />;
}

/** The settings in a line, and the button that starts them; once there is a result, the next step's is the one. */
function RunActions({ run }: { run: StepId | ExperimentId }) {
  const studio = useStudio();
  const start = useStartRun();
  const block = useStudioState(useShallow((s) => startBlock(s, run)));
  const again = useStudioState((s) => resultOf(s, run) !== null);
  const next = useStudioState(nextStep);
  const refusal = useStudioState((s) => (s.plan?.run === run ? s.plan.plan.refusal : null));
  const config = useStudioState((s) => s.config);
  const losses = useStudioState((s) => (s.plan?.run === run ? s.plan.plan.losses : 0));
  const remedy = refusal && remedyOf(refusal, config);
  return (
    <>
      <div className={css['barWords']}>
        <Recipe run={run} />
        <Text className={css['block']} data-testid="start-block">
          {block?.reason ?? (losses >= UNSAFE_LOSSES ? unsafeSentence(losses) : '')}{' '}
          {remedy && (
            <Anchor component="button" fz="inherit" underline="always" onClick={() => studio.setConfig(remedy.patch)}>
              {remedy.label}
            </Anchor>
          )}
          {block?.goTo && (
            <Anchor component="button" fz="inherit" underline="always" onClick={() => studio.goTo(block.goTo!)}>
              Go to {STAGE_LABELS[block.goTo]}
            </Anchor>
          )}
        </Text>
      </div>
      <div className={css['barButtons']}>
        <Button
          size="md"
          variant={next ? 'default' : 'filled'}
          leftSection={<IconPlayerPlay size={18} />}
          disabled={block !== null}
          onClick={() => start(run)}
          data-goes-on
          data-testid="start"
        >
          {verbsOf(run)[again ? 'again' : 'first']}
        </Button>
        {next && <NextButton next={next} />}
      </div>
    </>
  );
}

const GOES_TO: Record<NextStep, StageId> = {
  openPhotos: 'photos',
  train: 'baseline',
  trainLonger: 'baseline',
  sweep: 'sweep',
  sweepAgain: 'sweep',
  finetune: 'finetune',
  export: 'takehome',
  exportBaseline: 'takehome',
};

/** Goes where the verdict says that the work goes on. */
function NextButton({ next, label = NEXT_LABELS[next] }: { next: NextStep; label?: string }) {
  const studio = useStudio();
  const go = () => {
    if (next === 'export' || next === 'exportBaseline') studio.chooseExport(next === 'export' ? 'best' : 'baseline');
    studio.goTo(GOES_TO[next]);
    // More epochs are for a person to choose.
    if (next === 'trainLonger') studio.openSettings(true);
  };
  return (
    <Button
      size="md"
      rightSection={<IconArrowRight size={18} />}
      onClick={go}
      data-goes-on
      data-testid="next"
      data-next={next}
    >
      {label}
    </Button>
  );
}

/** Parts of a recipe that a phone shows, too. */
const WEIGHTIEST = 3;

function Recipe({ run }: { run: StepId | ExperimentId }) {
  const studio = useStudio();
  const parts = useStudioState(useShallow((s) => recipeOf(run, s)));
  const plan = useStudioState((s) => (s.plan?.run === run ? s.plan.plan : null));
  const batchSize = useStudioState((s) => s.config.batchSize);
  const quickSeconds = useStudioState((s) => (s.plan?.run === run ? s.plan.quickSeconds : null));
  const time = plan && planTime(plan);
  const long = plan !== null && isLong(plan);
  const queued = useStudioState((s) => s.queue.runs.length);
  return (
    <div className={`${css['recipe']} figures`} data-testid="recipe">
      {parts.map((part, i) => (
        <span key={part} data-lesser={i >= WEIGHTIEST || undefined}>
          {keepUnits(part)}
        </span>
      ))}
      {time && <span data-long={long || undefined}>{keepUnits(time)}</span>}
      {plan && <span data-lesser>{planMemory(plan, batchSize)}</span>}
      <Fragment>
        <Button
          size="compact-sm"
          variant="subtle"
          leftSection={<IconAdjustmentsHorizontal size={15} />}
          onClick={() => studio.openSettings(true)}
          data-testid="settings"
        >
          Change…
        </Button>
        {long && run === 'baseline' && (
          <Button
            size="compact-sm"
            variant="default"
            onClick={() => studio.applyPreset('quick')}
            data-testid="quick-look"
          >
            Take the quick look{quickSeconds ? `, ${formatDuration(quickSeconds)}` : ''}
          </Button>
        )}
        {(run === 'baseline' || queued > 0) && (
          <Button
            size="compact-sm"
            variant="subtle"
            leftSection={<IconListNumbers size={15} />}
            onClick={() => studio.openQueue(true)}
            data-testid="open-queue"
          >
            {queued > 0 ? `${queued} queued` : 'All steps…'}
          </Button>
        )}
      </Fragment>
    </div>
  );
}

function PhotosActions() {
  const dataset = useStudioState((s) => (s.opening ? null : s.dataset));
  const next = useStudioState(nextOnPath);
  const nextWords = next === 'train' ? 'train a network on them, the usual way' : NEXT_LABELS[next].toLowerCase();
  return (
    <>
      <div className={css['barWords']}>
        <Text size="sm" c="dimmed">
          {dataset
            ? dataset.refusal
              ? 'Then: train a network on them, the usual way.'
              : `Next: ${nextWords}.`
            : 'Photos are read by this page alone. Nothing leaves this computer.'}
        </Text>
      </div>
      {dataset && !dataset.refusal && (
        <div className={css['barButtons']}>
          <NextButton next={next} label={STAGE_LABELS[GOES_TO[next]]} />
        </div>
      )}
    </>
  );
}

function ExportActions() {
  const studio = useStudio();
  const ready = useStudioState(hasWeights);
  const origin = useStudioState((s) => chosenWeights(s)?.origin);
  return (
    <>
      <div className={css['barWords']}>
        <Text size="sm" c="dimmed">
          {origin ? `Chosen: ${origin}.` : 'No weights yet: train a baseline, or open a file.'}
        </Text>
      </div>
      <div className={css['barButtons']}>
        <Button
          size="md"
          leftSection={<IconDownload size={18} />}
          disabled={!ready}
          onClick={() => shown(studio.download('weights', studio.store.getState().exportSlot))}
          data-goes-on
          data-testid="download-weights"
        >
          Download weights
        </Button>
      </div>
    </>
  );
}

function RunsActions() {
  const studio = useStudio();
  const count = useStudioState((s) => s.kept.length);
  const busy = useStudioState(isBusy);
  return (
    <>
      <div className={css['barWords']}>
        <Text size="sm" c="dimmed">
          {formatNoun(count, 'run')} kept in this browser.
        </Text>
      </div>
      <div className={css['barButtons']}>
        <Button size="md" variant="default" disabled={busy} onClick={() => studio.goTo('baseline')} data-goes-on>
          To the baseline
        </Button>
      </div>
    </>
  );
}
