import { expect, test, vi } from 'vitest';
import { createLazyCache } from './lazyCache';

/** A value comes when it is told to, `ms` after it was asked for. */
function setUp(options: Partial<Parameters<typeof createLazyCache<string>>[0]> = {}) {
  const asked: (readonly number[])[] = [];
  const answers: ((ok: boolean) => void)[] = [];
  const released: string[] = [];
  let time = 0;
  const cache = createLazyCache<string>({
    most: 9,
    atOnce: 1,
    order: 'first',
    batch: { most: 4, ms: 100, now: () => time },
    release: (value) => void released.push(value),
    load: (photos) => {
      asked.push(photos);
      return new Promise((resolve, reject) =>
        answers.push((ok) => (ok ? resolve(photos.map((photo) => `map ${photo}`)) : reject(new Error('busy')))),
      );
    },
    ...options,
  });
  const answer = async (ms: number, ok = true) => {
    time += ms;
    answers.at(-1)!(ok);
    await new Promise((resolve) => setTimeout(resolve));
  };
  const want = (...photos: number[]) => photos.map((photo) => cache.want(photo, nothing));
  return { cache, asked, answer, want, released };
}
const nothing = () => undefined;

test('batches begin with one photo, and are as large as their time allows', async () => {
  const { asked, answer, want } = setUp();
  want(1, 2, 3, 4, 5, 6, 7, 8, 9, 10);
  await answer(50);
  await answer(60);
  await answer(400);
  await answer(1);
  await answer(1);
  expect(asked).toEqual([[1], [2, 3], [4, 5, 6], [7], [8, 9, 10]]);
});

test('a photo that was scrolled past is not asked for, nor is one twice that is on its way', async () => {
  const { cache, asked, answer, want } = setUp();
  const [one, two] = want(1, 2, 3);
  one!();
  two!();
  want(1);
  await answer(10);
  expect(asked).toEqual([[1], [3]]);
  expect(cache.get(1)).toBe('map 1');
  expect(cache.get(2)).toBeUndefined();
});

test('nothing is asked for in a pause; what failed, and what is still wanted, is after it', async () => {
  const { cache, asked, answer, want } = setUp({ paused: true });
  const changed = vi.fn();
  cache.want(1, changed);
  const [two] = want(2);
  expect(asked).toEqual([]);
  cache.pause(false);
  cache.pause(true);
  await answer(10, false);
  expect(asked).toEqual([[1]]);
  two!();
  cache.pause(false);
  await answer(10);
  expect(asked).toEqual([[1], [1]]);
  expect(changed).toHaveBeenCalledOnce();
});

test('those used last are kept, and those in sight whatever their number; what comes too late is let go of', async () => {
  const { cache, asked, answer, want, released } = setUp({ most: 2 });
  const [one] = want(1);
  want(2);
  await answer(10);
  await answer(10);
  one!();
  want(3);
  await answer(10);
  expect(released).toEqual(['map 1']);
  want(4);
  await answer(10);
  expect(released).toEqual(['map 1']);
  want(1);
  expect(asked.at(-1)).toEqual([1]);
  cache.dispose();
  await answer(10);
  expect(released.sort()).toEqual(['map 1', 'map 1', 'map 2', 'map 3', 'map 4']);
  want(7);
  expect(asked.at(-1)).toEqual([1]);
});
