/**
 * Samples to batches, in the order given, with photos loading ahead across the batches' borders:
 * step 5 of the data's path. The loader's timing cannot change what a batch holds.
 */
import type { LoadedView, PhotoLoader, ViewSpec } from '../photo/view';
import { StudioError } from '../base/errors';
import type { Sample } from './types';

export interface Batch {
  views: LoadedView[];
  /** [views.length] */
  labels: Int32Array<ArrayBuffer>;
  /** Of the samples in their split. [views.length] */
  indices: Int32Array<ArrayBuffer>;
  /** Place in the order of what comes after it. */
  end: number;
}

export interface BatchOptions {
  samples: readonly Sample[];
  /**
   * Which samples, and when; null: all, as they stand. A sample's index plus a multiple of `samples.length` is another view of
   * it, for epochs that take some twice.
   */
  order: Int32Array | null;
  /** Place in the order to begin at; 0 if not given. */
  start?: number;
  batchSize: number;
  spec: ViewSpec;
  /** Of training views, with the epoch and the number in `order`. */
  seed: number;
  epoch: number;
  loader: PhotoLoader;
  /** Photos loading or waiting at a time, at most; at least 1. */
  prefetch: number;
  /** Stop loading ahead when the photos that wait take so many bytes. A single photo may take more. */
  budgetBytes?: number;
  signal: AbortSignal;
  /** A photo could not be read; it is stepped over, and the batch is filled with the next. */
  onUnreadable: (path: string, reason: string) => void;
}

/** Pixels of some 130 whole photos of 800 x 600. */
const BUDGET_BYTES = 256 * 2 ** 20;

type Outcome = { loaded: LoadedView } | { failed: unknown };

interface Prefetch {
  index: number;
  /** In the order. */
  place: number;
  outcome: Promise<Outcome>;
  /** Of the pixels; null while they load. */
  sizeBytes: number | null;
}

/**
 * All batches hold `batchSize` views but the last, which holds the rest. Photos in flight are dropped when the
 * consumer returns early.
 * @throws the signal's reason once it is aborted, and whatever the loader throws besides `bad-photo`.
 */
export async function* batches(options: BatchOptions): AsyncGenerator<Batch, void, undefined> {
  const { samples, batchSize, signal } = options;
  let views: LoadedView[] = [];
  let indices: number[] = [];
  let end = 0;
  const batch = (): Batch => ({
    views,
    labels: Int32Array.from(indices, (index) => samples[index]!.label),
    indices: Int32Array.from(indices),
    end,
  });
  for await (const { index, place, loaded } of loadInOrder(options)) {
    views.push(loaded);
    indices.push(index);
    end = place + 1;
    if (views.length < batchSize) continue;
    yield batch();
    signal.throwIfAborted();
    views = [];
    indices = [];
  }
  if (views.length > 0) yield batch();
}

async function* loadInOrder(
  options: BatchOptions,
): AsyncGenerator<{ index: number; place: number; loaded: LoadedView }> {
  const { samples, order, start: first = 0, prefetch, signal, onUnreadable, budgetBytes = BUDGET_BYTES } = options;
  const count = order?.length ?? samples.length;
  const ahead: Prefetch[] = [];
  let next = first;
  let largest = 0;
  // A photo still loading counts as much as the largest one before it.
  const bytesAhead = () => ahead.reduce((sum, { sizeBytes }) => sum + (sizeBytes ?? largest), 0);
  const mayStart = () => ahead.length === 0 || (ahead.length < prefetch && bytesAhead() + largest <= budgetBytes);

  for (;;) {
    signal.throwIfAborted();
    while (next < count && mayStart()) {
      ahead.push(start(options, next));
      next++;
    }
    const head = ahead[0];
    if (!head) return;
    const outcome = await head.outcome;
    signal.throwIfAborted();
    ahead.shift();
    if ('loaded' in outcome) {
      largest = Math.max(largest, head.sizeBytes ?? 0);
      yield { index: head.index, place: head.place, loaded: outcome.loaded };
    } else if (outcome.failed instanceof StudioError && outcome.failed.code === 'bad-photo') {
      onUnreadable(samples[head.index]!.path, outcome.failed.message);
    } else {
      throw outcome.failed;
    }
  }
}

function start({ samples, order, spec, seed, epoch, loader, signal }: BatchOptions, place: number): Prefetch {
  const index = order?.[place] ?? place;
  const viewSeed = spec.kind === 'train' ? { seed, epoch, index } : null;
  const sample = index % samples.length;
  const item: Prefetch = { index: sample, place, sizeBytes: null, outcome: Promise.resolve({ failed: null }) };
  // Failures are kept as values: a photo that fails before its turn must not count as unhandled.
  item.outcome = loader.load(samples[sample]!.path, spec, viewSeed, signal).then(
    (loaded) => {
      item.sizeBytes = loaded.pixels.byteLength;
      return { loaded };
    },
    (failed: unknown) => {
      item.sizeBytes = 0;
      return { failed };
    },
  );
  return item;
}
