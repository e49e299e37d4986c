import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { lockProject } from './projectLock';

/** The browser's locks as far as they are used: whoever asks waits for who has it, or until it gives up. */
function fakeLocks() {
  const holders = new Map<string, Promise<unknown>>();
  return {
    async request(name: string, { signal }: { signal: AbortSignal }, held: () => Promise<void>) {
      const given = new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason as Error)));
      while (holders.has(name)) await Promise.race([holders.get(name), given]);
      const holding = held();
      holders.set(
        name,
        holding.then(() => holders.delete(name)),
      );
      return holding;
    },
  } as unknown as LockManager;
}

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

test('one tab has a project, another one is refused it, and has it once the first lets go', async () => {
  const locks = fakeLocks();
  const letGo = await lockProject(locks, 'pets');
  await lockProject(locks, 'dogs');
  const refused = expect(lockProject(locks, 'pets')).rejects.toMatchObject({ code: 'busy' });
  await vi.advanceTimersByTimeAsync(2500);
  await refused;
  letGo();
  await lockProject(locks, 'pets');
});

test('a page that is reloaded waits for what it had before', async () => {
  const locks = fakeLocks();
  const letGo = await lockProject(locks, 'pets');
  const again = lockProject(locks, 'pets');
  await vi.advanceTimersByTimeAsync(500);
  letGo();
  await expect(again).resolves.toBeTypeOf('function');
  await vi.advanceTimersByTimeAsync(5000);
  const third = expect(lockProject(locks, 'pets')).rejects.toMatchObject({ code: 'busy' });
  await vi.advanceTimersByTimeAsync(2500);
  await third;
});

test('a browser without locks, or that refuses them, has the project', async () => {
  const refusing = { request: () => Promise.reject(new DOMException('no', 'SecurityError')) };
  for (const locks of [undefined, refusing as unknown as LockManager])
    await expect(lockProject(locks, 'pets')).resolves.toBeTypeOf('function');
});
