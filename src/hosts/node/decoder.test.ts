/** Photos of every kind as the Node host decodes them: Pillow's pixels, or refused by name. */
import { expect, test } from 'vitest';
import type { FileSource } from '../../engine/dataset/types';
import made from '../../testing/photos/photos.json';
import { NodeDecoder } from './decoder';

interface MadePhoto {
  name: string;
  width: number;
  height: number;
  pixels: string;
  upright?: string;
}

const PHOTOS: readonly MadePhoto[] = made.photos;
/** The rest is read in a browser alone. */
const REFUSED: Readonly<Record<string, string>> = { 'cmyk.jpg': 'CMYK', 'plain.bmp': 'BMP' };

const files = new Map([...made.photos, ...made.broken].map(({ name, file }) => [name, Buffer.from(file, 'base64')]));
const source: FileSource = {
  name: 'kinds',
  paths: [...files.keys()],
  read: (path) => Promise.resolve(new Blob([new Uint8Array(files.get(path)!)])),
};
const signal = new AbortController().signal;

/** Neither cropped nor resized: RGB of the whole photo. */
async function whole(decoder: NodeDecoder, { name, width, height }: MadePhoto) {
  const side = Math.max(width, height);
  const { view, pixels, photoWidth, photoHeight } = await decoder.load(
    name,
    { kind: 'eval', resize: 0, crop: side },
    null,
    signal,
  );
  expect(view.region).toMatchObject({ left: 0, top: 0, width: photoWidth, height: photoHeight });
  return { width: photoWidth, rgb: pixels.filter((_, i) => i % 4 < 3) };
}

test.each(PHOTOS)('$name', async (photo) => {
  const decoder = new NodeDecoder(source);
  const reason = REFUSED[photo.name];
  if (reason) {
    await expect(whole(decoder, photo)).rejects.toMatchObject({ code: 'bad-photo' });
    await expect(whole(decoder, photo)).rejects.toThrow(reason);
    return;
  }
  const expected = new Uint8ClampedArray(Buffer.from(photo.pixels, 'base64'));
  expect(await whole(decoder, photo)).toEqual({ width: photo.width, rgb: expected });
  decoder.respectExif = true;
  const upright = new Uint8ClampedArray(Buffer.from(photo.upright ?? photo.pixels, 'base64'));
  expect((await whole(decoder, photo)).rgb).toEqual(upright);
});

test('a region’s pixels are those of the whole, and a view that is resized here is the same', async () => {
  const decoder = new NodeDecoder(source);
  const spec = { kind: 'train', size: 12 } as const;
  const load = (epoch: number) => decoder.load('subsampled_420.jpg', spec, { seed: 1, epoch, index: 0 }, signal);
  const { rgb } = await whole(
    decoder,
    PHOTOS.find(({ name }) => name === 'subsampled_420.jpg')!,
  );
  for (let epoch = 0; epoch < 5; epoch++) {
    const { view, pixels } = await load(epoch);
    const { left, top, width } = view.region;
    const at = (i: number) => {
      const [x, y] = [left + (Math.floor(i / 4) % width), top + Math.floor(i / 4 / width)];
      return rgb[(y * 29 + x) * 3 + (i % 4)];
    };
    for (const [i, value] of pixels.entries()) if (i % 4 < 3) expect(value).toBe(at(i));
  }
  decoder.finish = 'view';
  expect((await load(0)).view.region).toMatchObject({ width: 12, height: 12 });
});

test('a photo that is cut off, empty or none at all is refused by name, with the reason', async () => {
  files.set('empty.jpg', Buffer.alloc(0));
  files.set('text.jpg', Buffer.from('no photo, but long enough to be looked at'));
  const decoder = new NodeDecoder(source);
  const spec = { kind: 'eval', resize: 0, crop: 8 } as const;
  for (const [name, reason] of [
    [made.broken[0]!.name, 'cut off'],
    ['empty.jpg', 'the file is empty'],
    ['text.jpg', 'it is no JPEG'],
  ] as const) {
    await expect(decoder.load(name, spec, null, signal)).rejects.toThrow(`${name} could not be read`);
    await expect(decoder.load(name, spec, null, signal)).rejects.toThrow(reason);
  }
});

test('what waits for its turn is dropped with its signal, or with the decoder', async () => {
  const decoder = new NodeDecoder(source);
  const spec = { kind: 'eval', resize: 0, crop: 8 } as const;
  const stop = new AbortController();
  const loads = Array.from({ length: 50 }, () => decoder.load('grey.jpg', spec, null, stop.signal));
  stop.abort(new Error('stopped'));
  for (const load of await Promise.allSettled(loads)) expect(load).toMatchObject({ status: 'rejected' });
  const others = Array.from({ length: 50 }, () => decoder.load('grey.jpg', spec, null, signal));
  decoder.dispose();
  for (const load of await Promise.allSettled(others)) {
    expect(load).toMatchObject({ status: 'rejected', reason: { code: 'stopped' } });
  }
  await expect(decoder.header('grey.jpg')).rejects.toMatchObject({ code: 'stopped' });
});

test('copies are as small as asked for, and thumbnails upright', async () => {
  const decoder = new NodeDecoder(source);
  const copy = (await decoder.copy('subsampled_444.jpg', 10))!;
  files.set('copy.jpg', Buffer.from(await copy.arrayBuffer()));
  expect(await decoder.header('copy.jpg')).toMatchObject({ type: 'image/jpeg', width: 15, height: 10 });
  expect(await decoder.copy('subsampled_444.jpg', 64)).toBeNull();
  files.set('thumbnail.jpg', Buffer.from(await (await decoder.thumbnail('exif_6.jpg', 16)).arrayBuffer()));
  const { width, height } = await decoder.header('thumbnail.jpg');
  expect([width, height]).toEqual([10, 16]);
});
