/** Photos compared, and a map of them, in Node, on a GPU that computes nothing: what is told, stopped, refused, and let go of. */
import { expect, test } from 'vitest';
import { nullWebGpu } from '../hosts/node/nullGpu';
import { EventLog, folderOf, testHost } from '../testing/host';
import { TINY } from '../testing/tiny';

const webgpu = await nullWebGpu();
const { Session } = await import('./session');

async function opened(each = 12) {
  const log = new EventLog();
  const session = new Session(testHost(webgpu), log.emit);
  await session.openFiles(folderOf('pets', each));
  return { session, log, similarity: session.room.similarity };
}

test('all photos have a place, until other weights or photos are there', async () => {
  const { session, similarity, log } = await opened();
  await expect(similarity.mapPhotos({ measured: null, config: TINY })).rejects.toMatchObject({ code: 'needs-step' });
  await session.start({ run: 'baseline', config: TINY });
  expect(await similarity.similarPhotos({ split: 'train', index: 0, count: 3, config: TINY })).toBeNull();
  await similarity.mapPhotos({ measured: null, config: TINY });
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
  await similarity.mapPhotos({ measured: { step, resize, size }, config: TINY });
  await expect(
    similarity.mapPhotos({ measured: { step: 'finetune', resize, size }, config: TINY }),
  ).rejects.toMatchObject({
    code: 'needs-step',
  });
  const similar = await similarity.similarPhotos({ split: 'validation', index: 1, count: 99, config: TINY });
  expect(similar).toMatchObject({ among: 24 });
  expect(similar!.photos).toHaveLength(23);

  await session.start({ run: 'baseline', config: TINY });
  await expect(session.exportFile({ what: 'map' })).rejects.toMatchObject({ code: 'needs-step' });
  expect((await session.room.photoColumns()).map).toBeNull();
  expect(await similarity.similarPhotos({ split: 'train', index: 0, count: 3, config: TINY })).toBeNull();
});

test('it is stopped at once, leaves nothing, and can be made again', async () => {
  const { session, similarity, log } = await opened();
  await session.start({ run: 'baseline', config: TINY });
  const told = log.next((event) => event.kind === 'mapping');
  const mapping = similarity.mapPhotos({ measured: null, config: TINY });
  await told;
  await expect(similarity.mapPhotos({ measured: null, config: TINY })).rejects.toMatchObject({ code: 'busy' });
  await similarity.stopMapping();
  await expect(mapping).rejects.toMatchObject({ code: 'stopped' });
  expect(log.events.at(-1)).toEqual({ kind: 'mapping', progress: null });
  expect((await session.room.photoColumns()).map).toBeNull();
  await similarity.mapPhotos({ measured: null, config: TINY });
  expect((await session.room.photoColumns()).map).not.toBeNull();
});

test('few photos are no map', async () => {
  const { session, similarity } = await opened(6);
  await session.start({ run: 'baseline', config: TINY });
  await expect(similarity.mapPhotos({ measured: null, config: TINY })).rejects.toThrow(/takes 16 photos.*there are 12/);
});

test('photos alike are found without a map, which then takes what is known', async () => {
  const { session, similarity, log } = await opened();
  const ask = { measured: null, config: TINY };
  await expect(similarity.comparePhotos(ask)).rejects.toMatchObject({ code: 'needs-step' });
  await session.start({ run: 'baseline', config: TINY });
  await similarity.comparePhotos(ask);
  expect((await session.room.photoColumns()).map).toBeNull();
  const similar = await similarity.similarPhotos({ split: 'train', index: 2, count: 5, config: TINY });
  expect(similar).toMatchObject({ among: 24 });
  expect(similar!.photos.map(({ photo }) => photo)).not.toContain(2);

  const before = log.events.length;
  await similarity.mapPhotos(ask);
  expect((await session.room.photoColumns()).map!.photos).toHaveLength(24);
  const parts = log.events.slice(before).flatMap((event) => (event.kind === 'mapping' ? [event.progress?.part] : []));
  expect(parts).not.toContain('features');
  // The same photos in another view are compared anew, and the map of before is not theirs.
  await session.start({ run: 'sweep', config: { ...TINY, sweepMode: 'sizes', sweepSizes: [48] } });
  expect((await session.room.photoColumns()).map).not.toBeNull();
  const { step, resize, size } = (await session.room.photoColumns()).measured.find((one) => one.size === 48)!;
  await similarity.comparePhotos({ measured: { step, resize, size }, config: TINY });
  expect((await session.room.photoColumns()).map).toBeNull();
});

test('a comparison that was stopped leaves nothing, and few photos are compared, too', async () => {
  const { session, similarity, log } = await opened(6);
  await session.start({ run: 'baseline', config: TINY });
  const told = log.next((event) => event.kind === 'mapping');
  const comparing = similarity.comparePhotos({ measured: null, config: TINY });
  await told;
  await similarity.stopMapping();
  await expect(comparing).rejects.toMatchObject({ code: 'stopped' });
  expect(await similarity.similarPhotos({ split: 'train', index: 0, count: 3, config: TINY })).toBeNull();
  await similarity.comparePhotos({ measured: null, config: TINY });
  expect(await similarity.similarPhotos({ split: 'train', index: 0, count: 3, config: TINY })).toMatchObject({
    among: 12,
  });
});
