import { createContext, useContext } from 'react';
import { useStore } from 'zustand';
import type { StudioState } from '../client/state';
import type { Studio } from '../client/studio';

export const StudioContext = createContext<Studio | null>(null);

export function useStudio(): Studio {
  const studio = useContext(StudioContext);
  if (!studio) throw new Error('useStudio outside <App>');
  return studio;
}

/** A part of the state; the component draws again when that part is another. */
export function useStudioState<T>(select: (state: StudioState) => T): T {
  return useStore(useStudio().store, select);
}

/** For handlers: the studio has put the failure into the state, where the page shows it. */
export function shown(act: Promise<unknown>): void {
  act.catch(() => undefined);
}
