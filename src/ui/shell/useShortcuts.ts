import { useEffect } from 'react';
import { runOfStage } from '../../client/planner';
import { startBlock } from '../../client/selectors';
import { STAGES } from '../../client/state';
import { shown, useStudio } from '../StudioContext';
import { useStartRun } from '../useStartRun';

/** Listed in the help. Space is left to whatever control has the focus. */
export const SHORTCUTS: readonly { keys: readonly string[]; does: string }[] = [
  { keys: ['Space'], does: 'Pause or resume the running step' },
  { keys: ['Alt', '1 … 7'], does: 'Go to a step' },
  { keys: ['Ctrl', 'Enter'], does: 'Start the chosen step' },
  { keys: ['Tab'], does: 'Go from control to control; charts read their points with the arrow keys' },
];

const OWN_SPACE =
  'a, button, input, select, textarea, summary, [contenteditable], [role="menuitem"], [role="dialog"], [role="application"]';

export function useShortcuts(): void {
  const studio = useStudio();
  const start = useStartRun();
  useEffect(() => {
    function onKey(event: KeyboardEvent) {
      const state = studio.store.getState();
      const digit = /^Digit([1-7])$/.exec(event.code)?.[1];
      if (event.altKey && digit) {
        event.preventDefault();
        studio.goTo(STAGES[Number(digit) - 1]!);
        return;
      }
      if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) {
        // A focused button would be pressed, too, and a question that is open is answered by its own.
        event.preventDefault();
        const run = runOfStage(state);
        const asked = document.querySelector('[role="dialog"]') !== null;
        if (run && !asked && !event.repeat && !startBlock(state, run)) start(run);
        return;
      }
      const free = !(event.target instanceof Element && event.target.closest(OWN_SPACE));
      if (event.key !== ' ' || !free || event.repeat) return;
      if (state.run.state === 'running') shown(studio.pause());
      else if (state.run.state === 'paused') shown(studio.resume());
      else return;
      event.preventDefault();
    }
    window.addEventListener('keydown', onKey);
    return () => window.removeEventListener('keydown', onKey);
  }, [studio, start]);
}
