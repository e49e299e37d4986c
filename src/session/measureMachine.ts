/** How fast this machine loads photos, the open ones or where none are open the sample's, and trains on them. */
import type { MachineBenchmark } from '../engine/base/records';
import { loadingRate } from '../engine/dataset/loadingRate';
import type { Dataset, FileSource } from '../engine/dataset/types';
import { benchmarkMachine } from '../engine/experiments/benchmark';
import type { StudioBackend } from '../engine/gpu/backend';
import type { Finish } from '../engine/photo/storedPhoto';
import type { Host, PhotoDecoder } from './host';
import { finishFor } from './openPhotos';

/** Different ones, spread over the folder; and of the sample, which has to draw them, in a quick measurement. */
const PHOTOS = 64;
const FEW_PHOTOS = 12;
/** A quick measurement tries no larger step after so many seconds. */
const QUICK_SECONDS = 3;
/** The blog's. */
const SPEC = { kind: 'train', size: 224 } as const;

interface OpenPhotos {
  source: FileSource;
  decoder: PhotoDecoder;
  dataset: Dataset;
}

interface MeasureOptions {
  memoryBytes: number;
  /** Some seconds, and less exact. */
  quick: boolean;
  signal: AbortSignal;
}

/**
 * One after the other, so that neither waits for the other's cores. Takes about a minute.
 * @throws the signal's reason when stopped.
 */
export async function measureMachine(
  host: Host,
  backend: StudioBackend,
  open: OpenPhotos | null,
  { memoryBytes, quick, signal }: MeasureOptions,
): Promise<MachineBenchmark> {
  const { now } = host.clock;
  const photos = quick ? FEW_PHOTOS : PHOTOS;
  const loading = await loadingSpeed(host, open, { finish: finishFor(backend.gpu.report), photos, signal });
  try {
    const within = quick ? QUICK_SECONDS : Infinity;
    const run = benchmarkMachine(backend, { now, signal, memoryBytes, loading, within });
    for (;;) {
      const step = await run.next();
      if (step.done) return step.value;
    }
  } finally {
    backend.releasePool();
  }
}

interface LoadingOptions {
  finish: Finish;
  /** At most. */
  photos: number;
  signal: AbortSignal;
}

async function loadingSpeed(
  host: Host,
  open: OpenPhotos | null,
  options: LoadingOptions,
): Promise<MachineBenchmark['loading']> {
  if (open && open.dataset.train.length > 0) {
    const paths = open.dataset.train.map(({ path }) => path);
    const photosPerSecond = await measured(host, { ...open, paths }, options);
    return photosPerSecond === null ? null : { photosPerSecond, from: 'open photos' };
  }
  const source = host.openSample();
  const decoder = host.openPhotos(source);
  try {
    const paths = source.paths.filter((path) => path.endsWith('.jpg'));
    const photosPerSecond = await measured(host, { source, decoder, paths }, options);
    return photosPerSecond === null ? null : { photosPerSecond, from: 'sample' };
  } finally {
    decoder.dispose();
    source.dispose?.();
  }
}

async function measured(
  { clock: { now } }: Pick<Host, 'clock'>,
  { source, decoder, paths }: Pick<OpenPhotos, 'source' | 'decoder'> & { paths: readonly string[] },
  { finish, photos, signal }: LoadingOptions,
): Promise<number | null> {
  const count = Math.min(photos, paths.length);
  const some = Array.from({ length: count }, (_, i) => paths[Math.floor((i * paths.length) / count)]!);
  // The sample's are drawn when they are first read.
  await Promise.all(some.map((path) => source.read(path).catch(() => undefined)));
  decoder.finish = finish;
  return loadingRate({ loader: decoder, paths: some, spec: SPEC, now, signal });
}
