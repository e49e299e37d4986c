import { useLocalStorage } from '@mantine/hooks';
import { useEffect } from 'react';
import { runOfStage } from '../../client/planner';
import { startBlock } from '../../client/selectors';
import { STAGES } from '../../client/state';
import { shown, useStudio } from '../StudioContext';
import { useStartRun } from '../useStartRun';

/** Listed in the help. */
export const SHORTCUTS: readonly { keys: readonly string[]; does: string }[] = [
  { keys: ['Space'], does: 'Pause or resume the running step' },
  { keys: ['?'], does: 'Show these keys' },
  { keys: ['Alt', '1 … 7'], does: 'Go to a step' },
  { keys: ['Ctrl', 'Enter'], does: 'Start the chosen step' },
];

/** Keys without Alt or Ctrl can be switched off, for those who speak to their computer (WCAG 2.1.4). */
export const useSingleKeys = () =>
  useLocalStorage({ key: 'fixres-studio.single-keys', defaultValue: true, getInitialValueInEffect: false });

/** Where Space types, chooses or switches. */
const TYPES = 'input, select, textarea, summary, [contenteditable], [role="menu"], [role="dialog"], [role="listbox"]';
/** Space presses these, but only for those who came by keyboard: a mouse leaves the focus on whatever was clicked. */
const PRESSED = 'button, [role="button"]';

const closest = ({ target }: KeyboardEvent, selector: string): boolean =>
  target instanceof Element && target.closest(selector) !== null;

export function useShortcuts(onHelp: () => void): void {
  const studio = useStudio();
  const start = useStartRun();
  const [singleKeys] = useSingleKeys();
  useEffect(() => {
    // `:focus-visible` would not tell: browsers set it at the very key press that is asked about.
    let byPointer = false;
    const onPointer = () => {
      byPointer = true;
    };
    function onKey(event: KeyboardEvent) {
      if (event.key === 'Tab' || event.key.startsWith('Arrow')) byPointer = false;
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
      if (!singleKeys || event.repeat || closest(event, TYPES)) return;
      if (event.key === '?') {
        event.preventDefault();
        onHelp();
        return;
      }
      if (event.key !== ' ' || (!byPointer && closest(event, PRESSED))) return;
      if (state.run.state === 'running') shown(studio.pause());
      else if (state.run.state === 'paused') shown(studio.resume());
      else return;
      event.preventDefault();
    }
    // Before a focused button takes Space for itself.
    window.addEventListener('keydown', onKey, { capture: true });
    window.addEventListener('pointerdown', onPointer, { capture: true });
    return () => {
      window.removeEventListener('keydown', onKey, { capture: true });
      window.removeEventListener('pointerdown', onPointer, { capture: true });
    };
  }, [studio, start, singleKeys, onHelp]);
}
