/** How many photos a second a loader brings, measured: read, decoded and cut to training views, nothing trained. */
import { StudioError } from '../base/errors';
import type { PhotoLoader, ViewSpec } from '../photo/view';

/** As a run has them on their way: enough for every decoder. */
const AT_A_TIME = 32;
/** Photos before the clock starts, in which decoders start and compile. */
const WARM_UP = AT_A_TIME;
const TIMED = 128;

export interface LoadingOptions {
  loader: PhotoLoader;
  /** Taken in turn, as often as it takes; photos that cannot be read do not count. */
  paths: readonly string[];
  spec: ViewSpec;
  now: () => number;
  signal: AbortSignal;
}

/** Photos a second; null if none could be read. @throws the signal's reason when stopped. */
export async function loadingRate({ loader, paths, spec, now, signal }: LoadingOptions): Promise<number | null> {
  if (paths.length === 0) return null;
  const total = WARM_UP + TIMED;
  let [next, ended, timed, startedAt] = [0, 0, 0, now()];
  const loadOn = async () => {
    while (next < total) {
      const index = next++;
      const loaded = await isLoaded(
        loader.load(paths[index % paths.length]!, spec, { seed: 0, epoch: 1, index }, signal),
      );
      signal.throwIfAborted();
      ended++;
      if (ended === WARM_UP) startedAt = now();
      else if (ended > WARM_UP && loaded) timed++;
    }
  };
  await Promise.all(Array.from({ length: AT_A_TIME }, loadOn));
  return timed === 0 ? null : (timed * 1000) / Math.max(1, now() - startedAt);
}

async function isLoaded(load: Promise<unknown>): Promise<boolean> {
  try {
    await load;
    return true;
  } catch (error) {
    if (error instanceof StudioError && error.code === 'bad-photo') return false;
    throw error;
  }
}
