/** How far the run is: a bar, and in words. */
import { Progress } from '@mantine/core';
import { goingOn, lastLoss, runFraction } from '../../client/progress';
import { formatDuration, formatLoss, formatRate, keepUnits } from '../../words/format';
import { savedWords } from '../../words/saving';
import { useStudioState } from '../StudioContext';
import { useNow } from '../useNow';
import css from './shell.module.css';

export function RunProgress() {
  const fraction = useStudioState(runFraction);
  return (
    <div className={css['barWords']}>
      <Progress
        value={fraction * 100}
        aria-label="Progress of the run"
        size="md"
        transitionDuration={0}
        data-testid="progress"
        data-fraction={fraction.toFixed(3)}
      />
      <Readings />
    </div>
  );
}

/** How old the time is that it was saved at, at most. */
const SAVED_MS = 15_000;

/** The weightiest first: a narrow window shows as many as it has room for. */
function Readings() {
  const state = useStudioState((s) => s.run.state);
  const doing = useStudioState(goingOn);
  const progress = useStudioState((s) => s.progress);
  const fraction = useStudioState(runFraction);
  const loss = useStudioState(lastLoss);
  const saved = useStudioState((s) => s.saved);
  const now = useNow(SAVED_MS);
  const savedAt = saved.at === null ? null : Date.parse(saved.at);
  const { runSecondsLeft: secondsLeft = null, imagesPerSecond = null } = progress ?? {};
  const words = [
    `${Math.floor(fraction * 100)} %`,
    ...(state === 'running' ? [] : [state]),
    ...(saved.failure === null ? [] : ['not being saved']),
    ...(secondsLeft === null ? [] : [`${formatDuration(secondsLeft)} left`]),
    doing,
    ...(progress && progress.epochs > 0 ? [`epoch ${progress.epoch} of ${progress.epochs}`] : []),
    ...(progress ? [`batch ${progress.batch} of ${progress.batches}`] : []),
    ...(imagesPerSecond === null ? [] : [formatRate(imagesPerSecond)]),
    ...(loss !== null ? [`loss ${formatLoss(loss)}`] : []),
    ...(saved.failure === null ? [savedWords(savedAt, now) ?? ''] : []),
  ];
  return (
    <div className={`${css['readings']} figures`}>
      {words.filter(Boolean).map((word, i) => (
        <span key={i}>{keepUnits(word)}</span>
      ))}
    </div>
  );
}
