/**
 * The built-in sample as a folder like any other: 400 photos, drawn when they are first read, and a CSV with the split.
 * Five classes of 64 training and 16 validation photos each.
 */
import { StudioError } from '../../../engine/base/errors';
import type { FileSource } from '../../../engine/dataset/types';
import { DISEASES } from '../sample/diseases';
import type { DrawReply, DrawRequest } from '../sample/draw.worker';
import type { DrawnPhoto } from '../sample/drawPhoto';

const PHOTOS = 400;
const SEED = 2021;
/** Every fifth photo of a class validates. */
const VALIDATION_EVERY = 5;

const classOf = (index: number) => index % DISEASES.length;
const validates = (index: number) => Math.floor(index / DISEASES.length) % VALIDATION_EVERY === VALIDATION_EVERY - 1;
const nameOf = (index: number) => `leaf_${String(index).padStart(3, '0')}.jpg`;

/** The worker that draws is opened with the first photo. `dispose` ends it; photos already drawn stay readable. */
export function sampleSource(): FileSource & { dispose: () => void } {
  const artist = new SampleRenderer();
  const drawn = new Map<number, Promise<DrawnPhoto>>();
  const indices = Array.from({ length: PHOTOS }, (_, i) => i);
  const rows = indices.map((i) => `${nameOf(i)},${classOf(i)},${validates(i) ? 'True' : 'False'}`);
  const texts = new Map([
    ['train_val_split.csv', `image_id,label,is_val\n${rows.join('\n')}\n`],
    ['label_num_to_disease_map.json', JSON.stringify(Object.fromEntries(DISEASES.entries()))],
  ]);
  const photos = new Map(indices.map((i) => [`train_images/${nameOf(i)}`, i]));
  const photoOf = (index: number): Promise<DrawnPhoto> => {
    const known = drawn.get(index);
    if (known) return known;
    const photo = artist.draw(index);
    drawn.set(index, photo);
    photo.catch(() => drawn.delete(index));
    return photo;
  };
  return {
    name: 'Sample leaves',
    plain: true,
    paths: [...texts.keys(), ...photos.keys()],
    async read(path) {
      const text = texts.get(path);
      if (text !== undefined) return new Blob([text]);
      const index = photos.get(path);
      if (index === undefined) throw new StudioError('bad-photo', `${path} is not among the sample’s photos`);
      return (await photoOf(index)).blob;
    },
    async objectLength(path) {
      const index = photos.get(path);
      return index === undefined ? null : (await photoOf(index)).leaf;
    },
    dispose: () => artist.dispose(),
  };
}

class SampleRenderer {
  private worker: Worker | null = null;
  private readonly waiting = new Map<
    number,
    { resolve: (photo: DrawnPhoto) => void; reject: (error: StudioError) => void }
  >();

  draw(index: number): Promise<DrawnPhoto> {
    return new Promise((resolve, reject) => {
      this.waiting.set(index, { resolve, reject });
      this.worker ??= this.open();
      this.worker.postMessage({ index, seed: SEED, disease: DISEASES[classOf(index)]! } satisfies DrawRequest, []);
    });
  }

  dispose(): void {
    this.worker?.terminate();
    this.worker = null;
    this.failAll(new StudioError('stopped', 'the sample was closed'));
  }

  private open(): Worker {
    const worker = new Worker(new URL('../sample/draw.worker.ts', import.meta.url), { type: 'module', name: 'draw' });
    worker.addEventListener('message', ({ data }: MessageEvent<DrawReply>) => {
      const waiting = this.waiting.get(data.index);
      this.waiting.delete(data.index);
      if ('blob' in data) waiting?.resolve(data);
      else
        waiting?.reject(new StudioError('internal', `the sample’s photo ${data.index} was not drawn: ${data.failed}`));
    });
    worker.addEventListener('error', (event) => {
      this.worker = null;
      this.failAll(new StudioError('internal', `the sample cannot be drawn: ${event.message || 'no worker'}`));
    });
    return worker;
  }

  private failAll(error: StudioError): void {
    for (const { reject } of this.waiting.values()) reject(error);
    this.waiting.clear();
  }
}
