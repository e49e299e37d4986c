/** One tab of a browser works on a project at a time: the lock that says which. */
import { StudioError } from '../../engine/base/errors';
import { projectLock } from '../../protocol/projectLocks';

/** A page that was closed or reloaded takes a moment to let go of what it had, ms. */
const PATIENCE_MS = 2000;

export const openInAnotherTab = (): StudioError =>
  new StudioError('busy', 'The project is open in another tab', 'Close that tab, or go on there.');

/**
 * Resolves to what lets go of it again. Without locks it is had at once: its files have locks of their own.
 * @throws StudioError `busy` where another tab keeps it.
 */
export function lockProject(locks: LockManager | undefined, id: string): Promise<() => void> {
  return new Promise((resolve, reject) => {
    let letGo = () => {};
    const own = () => {
      const released = new Promise<void>((release) => (letGo = release));
      resolve(letGo);
      return released;
    };
    if (!locks) {
      void own();
      return;
    }
    const giveUp = new AbortController();
    const waiting = setTimeout(() => giveUp.abort(), PATIENCE_MS);
    locks
      .request(projectLock(id), { signal: giveUp.signal }, () => (clearTimeout(waiting), own()))
      .catch(() => {
        clearTimeout(waiting);
        if (giveUp.signal.aborted) reject(openInAnotherTab());
        // A browser may refuse locks where it refuses storage.
        else void own();
      });
  });
}
