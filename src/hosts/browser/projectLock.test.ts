import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { ownProject } from './projectLock';

/** The browser's locks as far as they are used: whoever asks waits for those before. Tabs are closed by their names. */
function fakeLocks() {
  const waiting: { tab: string; begin: () => void }[] = [];
  let holder: string | null = null;
  const next = () => {
    const first = holder === null ? waiting.shift() : undefined;
    if (!first) return;
    holder = first.tab;
    first.begin();
  };
  return {
    of: (tab: string) =>
      ({
        request: (_: string, held: () => Promise<never>) =>
          new Promise((resolve) => {
            waiting.push({ tab, begin: () => resolve(held()) });
            next();
          }),
      }) as unknown as LockManager,
    close(tab: string) {
      const at = waiting.findIndex((one) => one.tab === tab);
      if (at >= 0) waiting.splice(at, 1);
      if (holder === tab) holder = null;
      next();
    },
  };
}

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

function opened(locks: LockManager | undefined) {
  const tab = { told: [] as boolean[], owns: false };
  void ownProject(locks, (owns) => tab.told.push(owns)).then(() => (tab.owns = true));
  return tab;
}

test('one tab has the project, and the next one in the row when it is closed', async () => {
  const locks = fakeLocks();
  const [first, second, third] = ['first', 'second', 'third'].map((name) => opened(locks.of(name)));
  await vi.advanceTimersByTimeAsync(1000);
  expect([first, second, third]).toEqual([
    { told: [true], owns: true },
    { told: [false], owns: false },
    { told: [false], owns: false },
  ]);
  locks.close('second');
  await vi.advanceTimersByTimeAsync(1000);
  expect(third).toEqual({ told: [false], owns: false });
  locks.close('first');
  await vi.advanceTimersByTimeAsync(0);
  expect(third).toEqual({ told: [false, true], owns: true });
  expect(second!.owns).toBe(false);
});

test('a page that is reloaded is not told of itself', async () => {
  const locks = fakeLocks();
  opened(locks.of('before'));
  const after = opened(locks.of('after'));
  await vi.advanceTimersByTimeAsync(200);
  locks.close('before');
  await vi.advanceTimersByTimeAsync(1000);
  expect(after).toEqual({ told: [true], owns: true });
});

test('a browser without locks, or that refuses them, has the project', async () => {
  const refusing = { request: () => Promise.reject(new DOMException('no', 'SecurityError')) };
  for (const locks of [undefined, refusing as unknown as LockManager]) {
    const tab = opened(locks);
    await vi.advanceTimersByTimeAsync(1000);
    expect(tab).toEqual({ told: [true], owns: true });
  }
});
