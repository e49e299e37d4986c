import { useEffect } from 'react';
import { isBusy } from '../../client/state';
import { useStudio } from '../StudioContext';

/** Closing the tab would end a run: the browser asks first. */
export function useUnloadWarning(): void {
  const { store } = useStudio();
  useEffect(() => {
    const onUnload = (event: BeforeUnloadEvent) => {
      if (isBusy(store.getState())) event.preventDefault();
    };
    window.addEventListener('beforeunload', onUnload);
    return () => window.removeEventListener('beforeunload', onUnload);
  }, [store]);
}
