/** A whole run from each kind of pack, in Node: files on the disk, photos decoded, on a GPU that computes nothing. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import sharp from 'sharp';
import { afterAll, expect, test } from 'vitest';
import { gzipped, parquetOf, tarred, zipped } from '../../testing/archives';
import { EventLog } from '../../testing/host';
import { TINY } from '../../testing/tiny';
import { nodeHost } from './host';
import { nullWebGpu } from './nullGpu';

const webgpu = await nullWebGpu();
const { Session } = await import('../../session/session');
const folder = await mkdtemp(path.join(tmpdir(), 'packed-run-'));
afterAll(() => rm(folder, { recursive: true }));

const [TRAIN, VALIDATION] = [6, 2];
const photos = await Promise.all(
  Array.from({ length: 2 * (TRAIN + VALIDATION) }, async (_, i) => {
    const background = i % 2 === 0 ? { r: 200, g: 9 * i, b: 20 } : { r: 20, g: 9 * i, b: 200 };
    return new Uint8Array(
      await sharp({ create: { width: 44, height: 38, channels: 3, background } })
        .jpeg()
        .toBuffer(),
    );
  }),
);
const place = (i: number) => `pets/${i < 2 * TRAIN ? 'train' : 'val'}/${['cat', 'dog'][i % 2]!}/${i}.jpg`;
const files = Object.fromEntries(photos.map((photo, i) => [place(i), photo]));
const part = (from: number, to: number) =>
  parquetOf(
    photos.slice(from, to),
    photos.slice(from, to).map((_, i) => i % 2),
    ['cat', 'dog'],
    3,
  );

test.each<[name: string, pack: () => Promise<Blob>, counts: number[]]>([
  ['pets.zip', () => zipped(files), [12, 4]],
  ['pets.tar.gz', async () => gzipped(await tarred(files)), [12, 4]],
  // One part, whose file's name is no split: 20 % of each class are drawn.
  ['pets.parquet', () => Promise.resolve(part(0, 16)), [12, 4]],
])('%s: understood, trained on, and its photos predicted', async (name, pack, counts) => {
  const file = path.join(folder, name);
  await writeFile(file, (await pack()).stream());
  const log = new EventLog();
  const session = new Session(nodeHost(webgpu, path.join(folder, `${name}-kept`)), log.emit);
  await session.openDirectory({ handle: file });
  expect(log.events.findLast(({ kind }) => kind === 'dataset')).toMatchObject({
    summary: { trainCount: counts[0], validationCount: counts[1], classes: [{ name: 'cat' }, { name: 'dog' }] },
  });
  expect(await session.start({ run: 'baseline', config: TINY })).toEqual({ ended: 'done' });
  const rows = (await (await session.exportFile({ what: 'predictions' })).blob.text()).trim().split('\n');
  expect(rows).toHaveLength(1 + counts[1]!);
  const ids = rows.slice(1).map((row) => row.split(',')[0]);
  expect(new Set(ids).size).toBe(counts[1]);
});
