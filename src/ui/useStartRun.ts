/** Starts a run, asking first where it is not what a person may think: for buttons and keys alike. */
import { useCallback } from 'react';
import { changesText, countChanges } from '../client/photoDraft';
import { replacesOthers } from '../client/selectors';
import type { RunId } from '../engine/experiments/meta';
import { useConfirm } from './Confirm';
import { shown, useStudio } from './StudioContext';

export function useStartRun(): (run: RunId) => void {
  const studio = useStudio();
  const mayStart = useMayStart();
  return useCallback(
    (run) => {
      const start = async () => {
        if (await mayStart([run])) await studio.start(run);
      };
      shown(start());
    },
    [studio, mayStart],
  );
}

/** Asks where changes to photos are not made yet, and where these runs throw away more than their own last results. */
export function useMayStart(): (runs: readonly RunId[]) => Promise<boolean> {
  const studio = useStudio();
  const confirm = useConfirm();
  return useCallback(
    async (runs) => {
      const state = studio.store.getState();
      const drafted = changesText(countChanges(state.photoDraft));
      const withoutThem =
        drafted === '' ||
        (await confirm({
          title: 'Go on without your changes?',
          body: `Changes to photos are not made yet: ${drafted}. All photos → Make these changes does it; until then photos are used as they were.`,
          action: 'Go on without',
        }));
      if (!withoutThem) return false;
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
