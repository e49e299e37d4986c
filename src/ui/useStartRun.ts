/** Starts a run, asking first where more than its own last result would be lost: for buttons and keys alike. */
import { useCallback } from 'react';
import { replacesOthers } from '../client/selectors';
import type { RunId } from '../engine/experiments/meta';
import { useConfirm } from './Confirm';
import { shown, useStudio } from './StudioContext';

export function useStartRun(): (run: RunId) => void {
  const studio = useStudio();
  const mayReplace = useMayReplace();
  return useCallback(
    (run) => {
      const start = async () => {
        if (await mayReplace([run])) await studio.start(run);
      };
      shown(start());
    },
    [studio, mayReplace],
  );
}

/** Asks where these runs throw away more than their own last results; false if that is not wanted. */
export function useMayReplace(): (runs: readonly RunId[]) => Promise<boolean> {
  const studio = useStudio();
  const confirm = useConfirm();
  return useCallback(
    async (runs) => {
      const state = studio.store.getState();
      if (!runs.some((run) => replacesOthers(state, run))) return true;
      return confirm({
        title: state.baseline ? 'Train the baseline again?' : 'Train a baseline?',
        body: 'Charts and weights, and the steps that stand on them, are replaced. Download what you want to keep first.',
        action: state.baseline ? 'Train again' : 'Train',
      });
    },
    [studio, confirm],
  );
}
