/** Class maps of many photos, on a GPU that computes nothing: what comes of which photo, how large, and what is refused. */
import { expect, test, vi } from 'vitest';
import { StudioError } from '../engine/base/errors';
import { nullWebGpu } from '../hosts/node/nullGpu';
import { EventLog, folderOf, testHost } from '../testing/host';
import { TINY } from '../testing/tiny';

const webgpu = await nullWebGpu();
const { LookWeights } = await import('./lookWeights');
const { Session } = await import('./session');

const config = { ...TINY, sweepSizes: [32, 64] };

/** A session with a measured baseline; photos whose paths are then put among `torn` cannot be read. */
async function measured() {
  const torn = new Set<string>();
  const plain = testHost(webgpu);
  const host = testHost(webgpu, {
    openPhotos(source) {
      const decoder = plain.openPhotos(source);
      const load: typeof decoder.load = (path, ...how) =>
        torn.has(path) ? Promise.reject(new StudioError('bad-photo', `${path} is torn`)) : decoder.load(path, ...how);
      return { ...decoder, load };
    },
  });
  const session = new Session(host, new EventLog().emit);
  await session.openFiles(folderOf('pets', 6));
  await session.start({ run: 'baseline', config });
  await session.start({ run: 'sweep', config });
  const { measured: known } = await session.room.photoColumns();
  const sizes = known.map(({ step, resize, size }) => ({ step, resize, size }));
  return { session, torn, sizes };
}
const { session, torn, sizes } = await measured();
const photos = [0, 1, 2].map((index) => ({ split: 'train' as const, index }));

test('each photo has a view and a map a size, at one scale; one that cannot be read says why', async () => {
  const asked = [sizes.find(({ size }) => size === 64)!, sizes.find(({ size }) => size === 32)!];
  const { path } = await session.room.photoDetail({ ...photos[1]!, config });
  torn.add(path);
  const ask = { photos, label: null, measured: asked, side: 16, config };
  const [first, second, third] = await session.room.photoMaps(ask);
  expect(second).toBe(`${path} is torn`);
  for (const views of [first, third]) {
    if (typeof views === 'string') throw new Error(views);
    expect(views!.map(({ size, shown, rgba, map }) => [size, shown, rgba.length, map.width, map.height])).toEqual([
      [64, 16, 4 * 16 * 16, 2, 2],
      [32, 8, 4 * 8 * 8, 1, 1],
    ]);
    expect(views!.map(({ step, resize, size }) => ({ step, resize, size }))).toEqual(asked);
    for (const { label } of views!) expect([0, 1]).toContain(label);
  }
  torn.clear();
  const [whole] = await session.room.photoMaps({ photos, label: 1, measured: asked.slice(0, 1), config });
  expect(whole).toMatchObject([{ size: 64, shown: 64, label: 1 }]);
});

test('maps of weights that are gone, or while a run goes on, are refused', async () => {
  const ask = { photos, label: null, measured: [{ ...sizes[0]!, size: 48 }], side: 16, config };
  await expect(session.room.photoMaps(ask)).rejects.toMatchObject({ code: 'needs-step' });
  const running = session.start({ run: 'baseline', config });
  await expect(session.room.photoMaps({ ...ask, measured: sizes })).rejects.toMatchObject({ code: 'busy' });
  await running;
});

test('weights that maps have left on the GPU leave it before a run starts', async () => {
  const release = vi.spyOn(LookWeights.prototype, 'release');
  const [one] = (await session.room.photoColumns()).measured;
  await session.room.photoMaps({ photos, label: null, measured: [one!], side: 16, config });
  expect(release).not.toHaveBeenCalled();
  await session.start({ run: 'baseline', config });
  expect(release).toHaveBeenCalled();
  release.mockRestore();
});
