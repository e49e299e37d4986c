import { type RefObject, useEffectEvent, useLayoutEffect, useRef } from 'react';
import { useStudio, useStudioState } from '../StudioContext';

interface Layout {
  /** Whether the rest is what is on the screen. */
  isMeasured: boolean;
  perRow: number;
  /** px. */
  rowHeight: number;
}

/**
 * Keeps the photo that stands first in the grid first: where a row holds more or fewer from now on, when the grid is come back
 * to, and when photos were changed. Another filter begins with its first photo. What is returned is for the element that scrolls.
 */
export function useGridPlace(scroll: RefObject<HTMLElement | null>, { isMeasured, perRow, rowHeight }: Layout) {
  const studio = useStudio();
  const dataset = useStudioState((s) => s.dataset);
  const filter = useStudioState((s) => s.photoFilter);
  const place = useRef({ filter, first: studio.store.getState().gridPlace });
  useLayoutEffect(() => {
    if (!isMeasured) return;
    if (place.current.filter !== filter) place.current = { filter, first: 0 };
    scroll.current?.scrollTo(0, Math.floor(place.current.first / perRow) * rowHeight);
  }, [scroll, isMeasured, perRow, rowHeight, filter]);
  const look = () => {
    if (isMeasured && scroll.current) place.current.first = Math.floor(scroll.current.scrollTop / rowHeight) * perRow;
  };
  // Who scrolls and leaves at once has gone before the grid was told.
  const lookOnce = useEffectEvent(look);
  useLayoutEffect(
    () => () => {
      const now = studio.store.getState();
      if (now.dataset !== dataset || now.photoFilter !== filter) return;
      lookOnce();
      studio.store.setState({ gridPlace: place.current.first });
    },
    [studio, dataset, filter],
  );
  return {
    onScroll: look,
    onScrollEnd: () => studio.store.setState({ gridPlace: place.current.first }),
  };
}
