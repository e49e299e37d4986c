/**
 * Small photos for a grid of any length: asked for when they are wanted, the latest first, a few at a time; those used last
 * are kept, the others let go of.
 */

export interface Thumbnail {
  /** Null where the photo cannot be read. */
  url: string | null;
  name: string;
}

export interface Thumbnails {
  /** Undefined until it has come. */
  get(photo: number): Thumbnail | undefined;
  /** `changed` is called once it has come. What is returned says that it is not wanted any more. */
  want(photo: number, changed: () => void): () => void;
  /** Lets go of all. */
  dispose(): void;
}

interface Options {
  load: (photo: number) => Promise<{ blob: Blob; imageId: string }>;
  /** Kept at most, those in sight aside. */
  most: number;
  /** Asked for at a time. */
  atOnce: number;
}

export function createThumbnails({ load, most, atOnce }: Options): Thumbnails {
  /** The one used last stands last. */
  const kept = new Map<number, Thumbnail>();
  const wanted = new Map<number, Set<() => void>>();
  /** Wanted and not asked for yet; the last comes first. */
  const waiting = new Set<number>();
  let loading = 0;
  let disposed = false;

  function feed(): void {
    while (loading < atOnce) {
      const photo = [...waiting].at(-1);
      if (photo === undefined) return;
      waiting.delete(photo);
      loading++;
      void load(photo)
        .then(
          ({ blob, imageId }) => keep(photo, { url: disposed ? null : URL.createObjectURL(blob), name: imageId }),
          () => keep(photo, { url: null, name: '' }),
        )
        .finally(() => {
          loading--;
          feed();
        });
    }
  }

  function keep(photo: number, thumbnail: Thumbnail): void {
    if (disposed) return;
    kept.set(photo, thumbnail);
    for (const changed of wanted.get(photo) ?? []) changed();
    for (const [oldest, { url }] of kept) {
      if (kept.size <= most) break;
      if (wanted.has(oldest)) continue;
      kept.delete(oldest);
      if (url) URL.revokeObjectURL(url);
    }
  }

  return {
    get: (photo) => kept.get(photo),
    want(photo, changed) {
      const known = kept.get(photo);
      if (known) {
        kept.delete(photo);
        kept.set(photo, known);
      } else if (!disposed) waiting.add(photo);
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
    dispose() {
      disposed = true;
      waiting.clear();
      for (const { url } of kept.values()) if (url) URL.revokeObjectURL(url);
      kept.clear();
    },
  };
}
