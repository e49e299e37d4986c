/** Several runs, one after the other: chosen, planned and started together; and what is queued, to be changed meanwhile. */
import { ActionIcon, Button, Checkbox, Drawer, NumberInput, Text, Title, VisuallyHidden } from '@mantine/core';
import { IconArrowDown, IconArrowUp, IconPlayerPlay, IconX } from '@tabler/icons-react';
import { useEffect, useState } from 'react';
import { useShallow } from 'zustand/react/shallow';
import { MOST_SEEDS, moved, QUEUEABLE, queueBlock, queuedDetails, queuePlanText, waitingIn } from '../../client/queue';
import { isBusy } from '../../client/state';
import { RUN_META, type RunId, STEPS } from '../../engine/experiments/meta';
import type { QueuePlan } from '../../protocol/messages';
import { formatNoun } from '../../words/format';
import { MODAL_PROPS } from '../modal';
import { shown, useStudio, useStudioState } from '../StudioContext';
import { useNarrow } from '../useNarrow';
import { useMayStart } from '../useStartRun';
import css from './queue.module.css';

export function QueueDrawer() {
  const studio = useStudio();
  const narrow = useNarrow();
  return (
    <Drawer
      opened
      onClose={() => studio.openQueue(false)}
      position={narrow ? 'bottom' : 'right'}
      size={narrow ? '85%' : 400}
      title="Run the method"
      {...MODAL_PROPS}
    >
      <Queued />
      <NewRuns />
    </Drawer>
  );
}

function Queued() {
  const studio = useStudio();
  const { runs, going } = useStudioState((s) => s.queue);
  const busy = useStudioState(isBusy);
  const waiting = useStudioState(useShallow(waitingIn));
  const ids = waiting.map(({ id }) => id);
  const arrange = (next: readonly number[]) => shown(studio.arrangeQueue(next));
  if (runs.length === 0) return null;
  return (
    <section aria-labelledby="queued-title" className={css['part']}>
      <Title order={3} size="h6" id="queued-title">
        {going ? 'In this order' : formatNoun(runs.length, 'run waits', 'runs wait')}
      </Title>
      <ol className={css['list']} data-testid="queue">
        {runs.map((one) => (
          <li key={one.id} className={css['run']} data-begun={one.begun !== null || undefined}>
            <div className={css['words']}>
              <Text size="sm" fw={600}>
                {RUN_META[one.run].label}
                {one.begun !== null && <VisuallyHidden> is running</VisuallyHidden>}
              </Text>
              <Text size="xs" c="dimmed" className="figures">
                {one.begun === null ? queuedDetails(one) : `running, ${queuedDetails(one)}`}
              </Text>
            </div>
            {one.begun === null && (
              <>
                <Move label="earlier" run={one.run} to={moved(runs, one.id, -1)} onMove={arrange} />
                <Move label="later" run={one.run} to={moved(runs, one.id, 1)} onMove={arrange} />
                <ActionIcon
                  variant="subtle"
                  color="gray"
                  aria-label={`Drop ${RUN_META[one.run].label}`}
                  onClick={() => arrange(ids.filter((id) => id !== one.id))}
                >
                  <IconX size={16} />
                </ActionIcon>
              </>
            )}
          </li>
        ))}
      </ol>
      {!going && (
        <div className={css['buttons']}>
          <Button
            leftSection={<IconPlayerPlay size={16} />}
            disabled={busy}
            onClick={() => {
              studio.openQueue(false);
              shown(studio.runQueue());
            }}
            data-testid="continue-queue"
          >
            Continue
          </Button>
          <Button variant="default" onClick={() => arrange([])}>
            Drop all
          </Button>
        </div>
      )}
    </section>
  );
}

function Move({
  label,
  run,
  to,
  onMove,
}: {
  label: 'earlier' | 'later';
  run: RunId;
  to: readonly number[] | null;
  onMove: (ids: readonly number[]) => void;
}) {
  const Icon = label === 'earlier' ? IconArrowUp : IconArrowDown;
  return (
    <ActionIcon
      variant="subtle"
      color="gray"
      disabled={to === null}
      aria-label={`${RUN_META[run].label} ${label}`}
      onClick={() => to && onMove(to)}
    >
      <Icon size={16} />
    </ActionIcon>
  );
}

/** Chosen with the present settings. */
function NewRuns() {
  const studio = useStudio();
  const [chosen, setChosen] = useState<readonly RunId[]>(STEPS);
  const [seeds, setSeeds] = useState(1);
  const runs = QUEUEABLE.filter((run) => chosen.includes(run));
  const held = useStudioState((s) => s.queue.runs.length > 0);
  const busy = useStudioState(isBusy);
  const block = useStudioState(useShallow((s) => queueBlock(s, runs)));
  const plan = useQueuePlan(runs, seeds);
  const mayStart = useMayStart();
  const start = async () => {
    if (!busy && !(await mayStart(runs))) return;
    await studio.enqueue(runs, seeds);
    if (busy || held) return;
    studio.openQueue(false);
    await studio.runQueue();
  };
  return (
    <section aria-labelledby="new-runs-title" className={css['part']}>
      <Title order={3} size="h6" id="new-runs-title">
        {held ? 'Add to it' : 'One after the other'}
      </Title>
      <div className={css['choices']}>
        {QUEUEABLE.map((run) => (
          <Checkbox
            key={run}
            size="sm"
            label={RUN_META[run].label}
            checked={chosen.includes(run)}
            onChange={(event) =>
              setChosen(event.currentTarget.checked ? [...chosen, run] : chosen.filter((one) => one !== run))
            }
            data-testid={`queue-${run}`}
          />
        ))}
      </div>
      <NumberInput
        mt="sm"
        size="sm"
        label="Seeds"
        description="With more than one, all of them are gone through once a seed: figures then have a mean and a 95 % interval."
        min={1}
        max={MOST_SEEDS}
        allowDecimal={false}
        clampBehavior="strict"
        value={seeds}
        onChange={(value) => setSeeds(Math.max(1, Number(value) || 1))}
        data-testid="queue-seeds"
      />
      <Text size="sm" mt="sm" className={`${css['plan']} figures`} data-testid="queue-plan">
        {plan && queuePlanText(plan)}
        {plan?.refusal && ` ${plan.refusal.message}`}
      </Text>
      <Button
        fullWidth
        size="md"
        mt="xs"
        variant={held ? 'default' : 'filled'}
        leftSection={<IconPlayerPlay size={18} />}
        disabled={runs.length === 0 || block !== null}
        onClick={() => shown(start())}
        data-testid="start-queue"
      >
        {busy || held ? 'Add to the queue' : 'Start'}
      </Button>
      {block && (
        <Text size="xs" c="dimmed" mt={6}>
          {block.reason}
        </Text>
      )}
    </section>
  );
}

/** Null while it is worked out, and where it cannot be: a run goes on. */
function useQueuePlan(runs: readonly RunId[], seeds: number): QueuePlan | null {
  const studio = useStudio();
  const config = useStudioState((s) => s.config);
  const busy = useStudioState(isBusy);
  const ready = useStudioState((s) => s.dataset !== null && s.machine.status === 'ready');
  const [plan, setPlan] = useState<QueuePlan | null>(null);
  const key = runs.join(' ');
  useEffect(() => {
    let current = true;
    const asked =
      key === '' || busy || !ready ? null : studio.planQueue({ runs: key.split(' ') as RunId[], seeds, config });
    void Promise.resolve(asked)
      .catch(() => null)
      .then((found) => current && setPlan(found));
    return () => {
      current = false;
    };
  }, [studio, key, seeds, config, busy, ready]);
  return plan;
}
