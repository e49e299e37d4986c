/** Asks before photos are changed that something was trained on. */
import { resultOf } from '../client/state';
import { STEPS } from '../engine/experiments/meta';
import { useConfirm } from './Confirm';
import { useStudioState } from './StudioContext';

/** What was trained and measured was so on other photos. */
export function useMayChange(): () => Promise<boolean> {
  const confirm = useConfirm();
  const results = useStudioState((s) => STEPS.some((step) => resultOf(s, step) !== null));
  return async () =>
    !results ||
    confirm({
      title: 'Train and measure anew?',
      body: 'The results and weights so far are of the photos as they were: they leave this page. The run stays under Runs, to be compared with. Download weights first that you want to keep.',
      action: 'Change the photos',
    });
}
