/** A map of the photos, in Node, on a GPU that computes nothing: what is told, stopped, refused, and let go of. */
import { expect, test } from 'vitest';
import { PRESET_CONFIGS, type StudioConfig } from '../engine/experiments/meta';
import { nullWebGpu } from '../hosts/node/nullGpu';
import { EventLog, folderOf, testHost } from '../testing/host';

const webgpu = await nullWebGpu();
const { Session } = await import('./session');

const config: StudioConfig = {
  ...PRESET_CONFIGS.quick,
  arch: 'tiny18',
  batchSize: 4,
  epochs: 1,
  trainSize: 32,
  evalResize: 36,
  evalCrop: 32,
};

async function opened(each = 12) {
  const log = new EventLog();
  const session = new Session(testHost(webgpu), log.emit);
  await session.openFiles(folderOf('pets', each));
  return { session, log, similarity: session.room.similarity };
}

test('all photos have a place, until other weights or photos are there', async () => {
  const { session, similarity, log } = await opened();
  await expect(similarity.mapPhotos({ measured: null, config })).rejects.toMatchObject({ code: 'needs-step' });
  await session.start({ run: 'baseline', config });
  expect(await similarity.similarPhotos({ split: 'train', index: 0, count: 3, config })).toBeNull();
  await similarity.mapPhotos({ measured: null, config });
  const { map, measured } = await session.room.photoColumns();
  expect(map).toMatchObject({ step: 'baseline', resize: 36, size: 32 });
  expect([...map!.photos]).toEqual(Array.from({ length: 24 }, (_, i) => i));
  expect(map!.places).toHaveLength(48);
  const parts = log.events.flatMap((event) => (event.kind === 'mapping' ? [event.progress?.part ?? 'over'] : []));
  // The first one is that of what was refused.
  expect([parts[1], parts.at(-1)]).toEqual(['features', 'over']);

  const { blob, fileName } = await session.exportFile({ what: 'map' });
  const [head, first, ...rest] = (await blob.text()).trim().split(/\r?\n/);
  expect([fileName, head, rest.length]).toEqual(['map.csv', 'image_id,label,split,x,y,weights,resize,crop', 23]);
  expect(first).toMatch(/^\S+,a,train,-?[\d.e-]+,-?[\d.e-]+,baseline,36,32$/);

  const { step, resize, size } = measured[0]!;
  await similarity.mapPhotos({ measured: { step, resize, size }, config });
  await expect(similarity.mapPhotos({ measured: { step: 'finetune', resize, size }, config })).rejects.toMatchObject({
    code: 'needs-step',
  });
  const similar = await similarity.similarPhotos({ split: 'validation', index: 1, count: 99, config });
  expect(similar).toMatchObject({ among: 24 });
  expect(similar!.photos).toHaveLength(23);

  await session.start({ run: 'baseline', config });
  await expect(session.exportFile({ what: 'map' })).rejects.toMatchObject({ code: 'needs-step' });
  expect((await session.room.photoColumns()).map).toBeNull();
  expect(await similarity.similarPhotos({ split: 'train', index: 0, count: 3, config })).toBeNull();
});

test('it is stopped at once, leaves nothing, and can be made again', async () => {
  const { session, similarity, log } = await opened();
  await session.start({ run: 'baseline', config });
  const told = log.next((event) => event.kind === 'mapping');
  const mapping = similarity.mapPhotos({ measured: null, config });
  await told;
  await expect(similarity.mapPhotos({ measured: null, config })).rejects.toMatchObject({ code: 'busy' });
  await similarity.stopMapping();
  await expect(mapping).rejects.toMatchObject({ code: 'stopped' });
  expect(log.events.at(-1)).toEqual({ kind: 'mapping', progress: null });
  expect((await session.room.photoColumns()).map).toBeNull();
  await similarity.mapPhotos({ measured: null, config });
  expect((await session.room.photoColumns()).map).not.toBeNull();
});

test('few photos are no map', async () => {
  const { session, similarity } = await opened(6);
  await session.start({ run: 'baseline', config });
  await expect(similarity.mapPhotos({ measured: null, config })).rejects.toThrow(/takes 16 photos.*there are 12/);
});
