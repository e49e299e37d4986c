import { expect, test } from 'vitest';
import { StudioError } from '../base/errors';
import type { LoadedView, PhotoLoader } from '../photo/view';
import { loadingRate } from './loadingRate';

/** Loads one photo after another on a clock of its own, the first 32 a second each, the others in `ms`. */
function slowLoader(ms: number) {
  const clock = { now: 0 };
  let turn: Promise<unknown> = Promise.resolve();
  let loads = 0;
  const loader: PhotoLoader = {
    load(path) {
      const loaded = turn.then(async () => {
        await new Promise((resolve) => setImmediate(resolve));
        clock.now += loads++ < 32 ? 1000 : ms;
        if (path === 'broken') throw new StudioError('bad-photo', 'broken');
        return {} as LoadedView;
      });
      turn = loaded.catch(() => undefined);
      return loaded;
    },
  };
  return { loader, now: () => clock.now };
}

const rest = { spec: { kind: 'train', size: 224 }, signal: new AbortController().signal } as const;

test('photos a second, those without that start the decoders', async () => {
  expect(await loadingRate({ ...slowLoader(10), paths: ['a', 'b', 'c'], ...rest })).toBeCloseTo(100, 6);
});

test('photos that cannot be read take time and do not count', async () => {
  expect(await loadingRate({ ...slowLoader(10), paths: ['a', 'broken'], ...rest })).toBeCloseTo(50, 6);
  expect(await loadingRate({ ...slowLoader(10), paths: ['broken'], ...rest })).toBeNull();
  expect(await loadingRate({ ...slowLoader(10), paths: [], ...rest })).toBeNull();
});

test('it can be stopped', async () => {
  const signal = AbortSignal.abort(new StudioError('stopped', 'enough'));
  await expect(loadingRate({ ...slowLoader(1), paths: ['a'], ...rest, signal })).rejects.toThrow('enough');
});
