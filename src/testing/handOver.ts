/** What a test or a bench of a hand-over begins with: photos, a session that has them open, the folder that it writes. */
import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import sharp from 'sharp';
import { fork, type Rng } from '../engine/base/rng';
import type { StudioConfig } from '../engine/experiments/meta';
import { readZip } from '../engine/io/zip';
import { NodeDecoder } from '../hosts/node/decoder';
import { pathSource } from '../hosts/node/folderSource';
import type { StudioEvent } from '../protocol/messages';
import type { Session } from '../session/session';
import { testHost } from './host';
import { addTinyNetwork } from './torchrun';

/** Classes of the photos that are painted. */
export const PAINTED = ['blue', 'red'];

/** Photos of two classes that differ in colour, each of a size of its own: folders train and val of class folders. */
export async function paintPhotos(folder: string, each: { train: number; val: number }): Promise<void> {
  for (const split of ['train', 'val'] as const) {
    for (const [label, name] of PAINTED.entries()) {
      await mkdir(path.join(folder, split, name), { recursive: true });
      for (let i = 0; i < each[split]; i++) {
        const photo = await patches(fork(7, label, i, split.length), label);
        await writeFile(path.join(folder, split, name, `${i}.jpg`), photo);
      }
    }
  }
}

function patches(rng: Rng, label: number): Promise<Buffer> {
  const [width, height] = [rng.integer(90, 130), rng.integer(80, 110)];
  const pixels = Uint8Array.from({ length: 8 * 6 * 3 }, (_, i) => rng.integer(i % 3 === 2 - 2 * label ? 120 : 0, 255));
  return sharp(pixels, { raw: { width: 8, height: 6, channels: 3 } })
    .resize(width, height, { fit: 'fill' })
    .jpeg({ quality: 90 })
    .toBuffer();
}

/** A session with a folder's photos open. Its module is imported when it is asked for: that looks for a GPU. */
export async function openedSession(
  webgpu: GPU,
  photos: string,
  emit: (event: StudioEvent) => void = () => undefined,
): Promise<Session> {
  const { Session: Opened } = await import('../session/session');
  const host = testHost(webgpu, {
    openFolder: (where) => pathSource(where as string),
    openPhotos: (source) => new NodeDecoder(source),
  });
  const session = new Opened(host, emit);
  await session.openDirectory({ handle: photos });
  return session;
}

/** The folder that "Train elsewhere" gives, and beside its programs the tests' network of eight channels. */
export async function handOver(session: Session, config: StudioConfig, folder: string): Promise<void> {
  const { blob } = await session.trainElsewhere({ config });
  for (const [file, { open }] of await readZip(blob)) {
    await mkdir(path.dirname(path.join(folder, file)), { recursive: true });
    await writeFile(path.join(folder, file), new Uint8Array(await (await open()).arrayBuffer()));
  }
  await addTinyNetwork(folder);
}
