import { useEffect } from 'react';
import { isBusy } from '../../client/state';
import { useStudio } from '../StudioContext';

/** Closing the tab would end a run, or forget changes that are not made yet: the browser asks first. */
export function useUnloadWarning(): void {
  const { store } = useStudio();
  useEffect(() => {
    const onUnload = (event: BeforeUnloadEvent) => {
      const state = store.getState();
      if (isBusy(state) || state.photoDraft.changes.size > 0) event.preventDefault();
    };
    window.addEventListener('beforeunload', onUnload);
    return () => window.removeEventListener('beforeunload', onUnload);
  }, [store]);
}
