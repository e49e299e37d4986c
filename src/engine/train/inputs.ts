/** What goes into a network, batch by batch: photos on their way, or features that were kept. */
import { batches, type BatchOptions } from '../dataset/batches';
import type { LoadedView } from '../photo/view';
import type { StudioBackend } from '../gpu/backend';
import type { GpuTensor } from '../gpu/recorder';
import { mix } from '../kernels/mix/mix';
import { resample, shapeOf } from '../kernels/resample/resample';
import type { FeatureStore } from '../memory/featureCache';
import type { Mixing } from './mixing';

/** Rows of a batch, and with whom they are mixed. */
export interface Rows {
  start: number;
  end: number;
  mixing?: Mixing | null;
}

export interface InputBatch {
  /** [N] */
  labels: Int32Array<ArrayBuffer>;
  /** Of the samples in their split. [N] */
  indices: Int32Array<ArrayBuffer>;
  /** Place in the epoch's order of what comes after it. */
  end: number;
  /** Rows whose images are alike in shape, where whole photos are not all; together the batch. */
  stretches?: readonly Rows[];
  /** Rows of the batch on the GPU: images [n, R, R, 3], or features [n, …]. The caller releases them. */
  toGpu: (backend: StudioBackend, rows: Rows) => GpuTensor;
}

/** Photos, resampled on the GPU. */
export async function* photoInputs(options: BatchOptions): AsyncGenerator<InputBatch, void, undefined> {
  for await (const { views, labels, indices, end } of batches(options)) {
    const stretches = options.spec.kind === 'eval' && options.spec.whole ? { stretches: alikeIn(views) } : {};
    yield { labels, indices, end, ...stretches, toGpu: (backend, rows) => imagesOf(backend, views, rows) };
  }
}

/** From one change of shape to the next. */
function alikeIn(views: readonly LoadedView[]): Rows[] {
  const shapes = views.map((view) => shapeOf(view).join());
  const starts = [...shapes.keys()].filter((i) => shapes[i] !== shapes[i - 1]);
  return starts.map((start, i) => ({ start, end: starts[i + 1] ?? views.length }));
}

/** Where a batch is mixed, with the photos before its rows, whichever part of the batch those go in. */
function imagesOf(backend: StudioBackend, views: readonly LoadedView[], { start, end, mixing }: Rows): GpuTensor {
  const own = views.slice(start, end);
  if (!mixing) return resample(backend, own);
  const photos = resample(backend, [views.at(start - 1)!, ...own]);
  try {
    return mix(backend, photos, mixing.region);
  } finally {
    backend.release(photos);
  }
}

/** Kept features, in the order of photos and with the same batches, those left out that could not be read. */
export async function* featureInputs(
  store: FeatureStore,
  {
    samples,
    order,
    start = 0,
    batchSize,
    signal,
  }: Pick<BatchOptions, 'samples' | 'order' | 'start' | 'batchSize' | 'signal'>,
): AsyncGenerator<InputBatch, void, undefined> {
  const all = order ? Array.from(order, (index) => index % samples.length) : samples.map((_, index) => index);
  const readable = all.flatMap((index, place) => (place >= start && store.has(index) ? [{ index, place }] : []));
  for (let first = 0; first < readable.length; first += batchSize) {
    signal.throwIfAborted();
    const some = readable.slice(first, first + batchSize);
    const indices = Int32Array.from(some, ({ index }) => index);
    yield {
      labels: indices.map((index) => samples[index]!.label),
      indices,
      end: some.at(-1)!.place + 1,
      toGpu: (backend, { start, end }) => store.toGpu(backend, indices.subarray(start, end)),
    };
  }
}

/** Batches of which the first is on its way before anyone asks for it. */
export interface PrefetchedBatches extends AsyncIterable<InputBatch> {
  /** When the first has arrived and its first rows are on their way to the GPU, or when it is clear that none will. */
  readonly uploaded: Promise<void>;
  /** The first rows, while nobody has asked for them. */
  readonly waiting: GpuTensor | null;
  /** Lets go of rows that nobody has asked for. */
  release: () => void;
}

/**
 * The same batches, the first asked for at once; as soon as it is there, `rows` of it go to the GPU, where they wait until
 * somebody asks for rows, and are let go if those are others or mixed. A failure counts when its turn comes.
 */
export function prefetched(
  stream: AsyncGenerator<InputBatch, void, undefined>,
  backend: StudioBackend,
  rows: number,
): PrefetchedBatches {
  let waiting: GpuTensor | null = null;
  const release = () => {
    if (waiting) backend.release(waiting);
    waiting = null;
  };
  const uploadFirst = (batch: InputBatch): InputBatch => {
    const first = { start: 0, end: Math.min(rows, batch.indices.length) };
    waiting = batch.toGpu(backend, first);
    backend.flush();
    const toGpu: InputBatch['toGpu'] = (to, asked) => {
      const images = waiting;
      if (images && asked.start === first.start && asked.end === first.end && !asked.mixing) {
        waiting = null;
        return images;
      }
      release();
      return batch.toGpu(to, asked);
    };
    return { ...batch, toGpu };
  };
  const first = stream.next().then((item) => (item.done || rows === 0 ? item : { value: uploadFirst(item.value) }));
  return {
    uploaded: first.then(
      () => undefined,
      () => undefined,
    ),
    get waiting() {
      return waiting;
    },
    release,
    async *[Symbol.asyncIterator]() {
      try {
        for (let item = await first; !item.done; item = await stream.next()) yield item.value;
      } finally {
        await stream.return();
      }
    },
  };
}
