import { type FocusEvent, useEffect, useRef } from 'react';

/**
 * The focus stays in a place whose buttons come and go: where the one that had it is gone, that by which the work goes on
 * (`data-goes-on`, and can be pressed) has it, of several the weightiest. `key` changes with the buttons.
 */
export function useKeptFocus<T extends HTMLElement>(key: string) {
  const place = useRef<T>(null);
  const held = useRef(false);
  const shown = useRef(key);
  useEffect(() => {
    if (shown.current === key) return;
    shown.current = key;
    if (!held.current || document.activeElement !== document.body) return;
    const buttons = [...(place.current?.querySelectorAll<HTMLButtonElement>('button[data-goes-on]:enabled') ?? [])];
    const next = buttons.find((button) => button.dataset['variant'] === 'filled') ?? buttons[0];
    next?.focus({ preventScroll: true });
  }, [key]);
  return {
    ref: place,
    onFocus: () => {
      held.current = true;
    },
    onBlur: ({ relatedTarget }: FocusEvent) => {
      // What is taken away loses the focus to nothing; a person gives it to something.
      if (relatedTarget) held.current = false;
    },
  };
}
