import { type FocusEvent, type RefObject, useLayoutEffect, useRef } from 'react';

/**
 * Keeps the keyboard in the grid once it is there: on its active cell or, while that is not drawn, on the grid itself. A cell
 * that is scrolled out of sight, or laid out in another row, would otherwise take the focus with it. A cell that gets the focus
 * in another way becomes the active one.
 */
export function useGridFocus(grid: RefObject<HTMLElement | null>, active: number, setActive: (place: number) => void) {
  const isHeld = useRef(false);
  const settle = (place: number, options?: FocusOptions) => {
    const cell = grid.current?.querySelector<HTMLElement>(`[data-place="${place}"]`);
    (cell ?? grid.current)?.focus(options);
  };
  useLayoutEffect(() => {
    if (isHeld.current) settle(active, { preventScroll: true });
  });
  return {
    /** Takes the keyboard to the cell at a place that is active, or about to be. */
    take: (place: number) => {
      isHeld.current = true;
      settle(place);
    },
    onFocus: ({ target }: FocusEvent<HTMLElement>) => {
      isHeld.current = true;
      const { place } = target.dataset;
      if (place !== undefined) setActive(Number(place));
    },
    onBlur: () => {
      isHeld.current = false;
    },
  };
}
