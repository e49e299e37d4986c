/** Starts a run, asking first where more than its own last result would be lost: for buttons and keys alike. */
import { useCallback } from 'react';
import { replacesOthers } from '../client/selectors';
import type { RunId } from '../engine/experiments/meta';
import { useConfirm } from './Confirm';
import { shown, useStudio } from './StudioContext';

export function useStartRun(): (run: RunId) => void {
  const studio = useStudio();
  const confirm = useConfirm();
  return useCallback(
    (run) => {
      const start = async () => {
        const state = studio.store.getState();
        const question = {
          title: state.baseline ? 'Train the baseline again?' : 'Train a baseline?',
          body: 'Charts and weights, and the steps that stand on them, are replaced. Download what you want to keep first.',
          action: state.baseline ? 'Train again' : 'Train',
        };
        if (!replacesOthers(state, run) || (await confirm(question))) await studio.start(run);
      };
      shown(start());
    },
    [studio, confirm],
  );
}
