/** One tab of a browser has the project at a time: the lock that says which. */

const LOCK = 'fixres-studio-project';
/** A page that was reloaded takes a moment to let go of what it had, ms. */
const PATIENCE_MS = 500;

/**
 * Resolves when the project is this worker's, which it is for as long as the worker lives. `tell` is told so, and told
 * otherwise first where another tab has it. Without locks it is had at once: its files have locks of their own.
 */
export function ownProject(locks: LockManager | undefined, tell: (owns: boolean) => void): Promise<void> {
  return new Promise((resolve) => {
    const waiting = setTimeout(() => tell(false), PATIENCE_MS);
    const own = () => {
      clearTimeout(waiting);
      tell(true);
      resolve();
    };
    if (!locks) {
      own();
      return;
    }
    const held = locks.request(LOCK, () => {
      own();
      return new Promise<never>(() => undefined);
    });
    // A browser may refuse locks where it refuses storage.
    held.catch(own);
  });
}
