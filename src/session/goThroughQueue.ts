/** The queue from its first run on: what was interrupted goes on, and the rest begins, one after the other. */
import { StudioError } from '../engine/base/errors';
import type { Commands } from '../protocol/messages';
import type { StepMeans } from './runAttempt';
import { goOn, runStep } from './runStep';

/**
 * @param most Runs that are gone through; all if not given.
 * @param goesOn The first is the one that an earlier session did not end.
 * @throws StudioError as a run fails; `needs-step` where there is nothing to go through.
 */
export function goThroughQueue(
  means: StepMeans,
  { most = Infinity, goesOn }: { most?: number | undefined; goesOn: boolean },
): Promise<Commands['runQueue']['reply']> {
  const { queue, keeper, runner } = means;
  const interrupted = goesOn && keeper.unfinished !== null;
  if (!interrupted && queue.runs.length === 0) {
    const what = goesOn ? 'No run was interrupted' : 'Nothing is queued';
    throw new StudioError('needs-step', what, 'Start a run.');
  }
  return queue.throughout(async () => {
    let left = most;
    if (interrupted) {
      const { ended } = await goOn(means);
      if (ended === 'stopped') return { ended };
      runner.end();
      left--;
    }
    for (; left > 0 && queue.runs.length > 0; left--) {
      const { ended } = await queue.taken((first) => runStep(means, first));
      if (ended === 'stopped') return { ended };
      runner.end();
    }
    return { ended: 'done' };
  });
}
