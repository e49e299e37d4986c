/**
 * What the cells of a grid of any length show of their photos: asked for when it is wanted, some at a time; what was used last is
 * kept, the rest let go of.
 */

export interface LazyCache<T> {
  /** Undefined until it has come. */
  get(photo: number): T | undefined;
  /** `changed` is called once it has come. What is returned says that it is not wanted any more. */
  want(photo: number, changed: () => void): () => void;
  /** Asks for nothing more, or goes on with all that is wanted and has not come. */
  pause(paused: boolean): void;
  /** Lets go of all. */
  dispose(): void;
}

interface Options<T> {
  /** A value a photo. Where it fails, they are not asked for again before they are wanted anew, or a pause is over. */
  load: (photos: readonly number[]) => Promise<readonly T[]>;
  release?: (value: T) => void;
  /** Kept at most, those in sight aside. */
  most: number;
  /** Asked for at a time: single photos, or batches. */
  atOnce: number;
  /** Whether what was wanted first comes first, or what was wanted last. */
  order: 'first' | 'last';
  /** Begins with one photo; then as many as took so long, ms, and at most so many. Single photos if not given. */
  batch?: { most: number; ms: number; now: () => number };
  paused?: boolean;
}

export function createLazyCache<T>({ load, release, most, atOnce, order, batch, paused = false }: Options<T>) {
  /** The one used last stands last. */
  const kept = new Map<number, T>();
  const wanted = new Map<number, Set<() => void>>();
  /** Wanted and not asked for yet. */
  const waiting = new Set<number>();
  /** Asked for and not come yet. */
  const coming = new Set<number>();
  let loads = 0;
  let size = 1;
  let disposed = false;

  function feed(): void {
    if (paused) return;
    while (loads < atOnce && waiting.size > 0) {
      const photos = order === 'first' ? [...waiting].slice(0, size) : [...waiting].slice(-size);
      for (const photo of photos) {
        waiting.delete(photo);
        coming.add(photo);
      }
      loads++;
      void ask(photos).finally(() => {
        loads--;
        feed();
      });
    }
  }

  async function ask(photos: readonly number[]): Promise<void> {
    const started = batch?.now() ?? 0;
    const values = await load(photos).catch(() => []);
    for (const photo of photos) coming.delete(photo);
    for (const [i, value] of values.entries()) keep(photos[i]!, value);
    if (batch && values.length > 0) {
      const each = (batch.now() - started) / photos.length;
      size = Math.max(1, Math.min(batch.most, Math.floor(batch.ms / each)));
    }
  }

  function keep(photo: number, value: T): void {
    if (disposed) return release?.(value);
    kept.set(photo, value);
    for (const changed of wanted.get(photo) ?? []) changed();
    for (const [oldest, old] of kept) {
      if (kept.size <= most) break;
      if (wanted.has(oldest)) continue;
      kept.delete(oldest);
      release?.(old);
    }
  }

  const cache: LazyCache<T> = {
    get: (photo) => kept.get(photo),
    want(photo, changed) {
      const known = kept.get(photo);
      if (known !== undefined) {
        kept.delete(photo);
        kept.set(photo, known);
      } else if (!disposed && !coming.has(photo)) waiting.add(photo);
      const callers = wanted.get(photo) ?? new Set();
      wanted.set(photo, callers.add(changed));
      feed();
      return () => {
        callers.delete(changed);
        if (callers.size > 0 || wanted.get(photo) !== callers) return;
        wanted.delete(photo);
        waiting.delete(photo);
      };
    },
    pause(now) {
      paused = now;
      if (paused || disposed) return;
      for (const photo of wanted.keys()) if (!kept.has(photo) && !coming.has(photo)) waiting.add(photo);
      feed();
    },
    dispose() {
      disposed = true;
      waiting.clear();
      for (const value of kept.values()) release?.(value);
      kept.clear();
    },
  };
  return cache;
}
