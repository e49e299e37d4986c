/** What runs, how far it is, how long it takes, and the ways to hold or end it: in every stage, at the same place. */
import { Badge, Button, Group, Progress, Text } from '@mantine/core';
import { IconPlayerPause, IconPlayerPlay, IconPlayerStop } from '@tabler/icons-react';
import { formatDuration, formatLoss, formatRate } from '../../words/format';
import { lastLoss, phaseWords, RUN_LABELS, runFraction } from '../../client/progress';
import { shown, useStudio, useStudioState } from '../StudioContext';
import { SpokenProgress } from './SpokenProgress';
import css from './shell.module.css';

export function RunBar() {
  const studio = useStudio();
  const { state, run } = useStudioState((s) => s.run);
  const fraction = useStudioState(runFraction);
  return (
    <div className={css['runBar']}>
      <div className={`${css['readings']} figures`}>
        <Badge
          variant={state === 'running' ? 'light' : 'default'}
          tt="none"
          radius="sm"
          data-testid="run-state"
          data-state={state}
          data-run={run ?? ''}
        >
          {state}
        </Badge>
        {run ? (
          <b>{RUN_LABELS[run]}</b>
        ) : (
          <Text c="dimmed" size="sm">
            Nothing is running.
          </Text>
        )}
        <Readings />
        <SpokenProgress />
      </div>
      <Group gap="xs" wrap="nowrap">
        {state === 'paused' ? (
          <Button
            size="compact-sm"
            leftSection={<IconPlayerPlay size={15} />}
            onClick={() => shown(studio.resume())}
            data-testid="resume"
          >
            Resume
          </Button>
        ) : (
          <Button
            size="compact-sm"
            variant="default"
            leftSection={<IconPlayerPause size={15} />}
            disabled={state !== 'running'}
            onClick={() => shown(studio.pause())}
            data-testid="pause"
          >
            Pause
          </Button>
        )}
        <Button
          size="compact-sm"
          variant="default"
          leftSection={<IconPlayerStop size={15} />}
          disabled={state !== 'running' && state !== 'paused'}
          onClick={() => shown(studio.stop())}
          data-testid="stop"
        >
          Stop
        </Button>
      </Group>
      <Progress
        value={fraction * 100}
        aria-label="Progress of the run"
        size="sm"
        style={{ gridColumn: '1 / -1' }}
        transitionDuration={0}
        data-testid="progress"
        data-fraction={fraction.toFixed(3)}
      />
    </div>
  );
}

function Readings() {
  const progress = useStudioState((s) => s.progress);
  const loss = useStudioState(lastLoss);
  if (!progress) return null;
  const { epoch, epochs, batch, batches, imagesPerSecond, epochSecondsLeft, runSecondsLeft } = progress;
  return (
    <>
      <span>{phaseWords(progress)}</span>
      {epochs > 0 && <Reading name="epoch" value={`${epoch} of ${epochs}`} />}
      <Reading name="batch" value={`${batch} of ${batches}`} />
      {loss !== null && <Reading name="loss" value={formatLoss(loss)} />}
      {imagesPerSecond !== null && <Reading name="speed" value={formatRate(imagesPerSecond)} />}
      {epochSecondsLeft !== null && epochs > 0 && (
        <Reading name="epoch left" value={formatDuration(epochSecondsLeft)} />
      )}
      {runSecondsLeft !== null && <Reading name="run left" value={formatDuration(runSecondsLeft)} />}
    </>
  );
}

function Reading({ name, value }: { name: string; value: string }) {
  return (
    <span className={css['reading']}>
      <span>{name}</span>
      <span>{value}</span>
    </span>
  );
}
