/** Small photos for a grid of any length, the latest wanted first. */
import { createLazyCache, type LazyCache } from './lazyCache';

export interface Thumbnail {
  /** Null where the photo cannot be read. */
  url: string | null;
  name: string;
}

export type Thumbnails = LazyCache<Thumbnail>;

interface Options {
  load: (photo: number) => Promise<{ blob: Blob; imageId: string }>;
  /** Kept at most, those in sight aside. */
  most: number;
  /** Asked for at a time. */
  atOnce: number;
}

export function createThumbnails({ load, ...options }: Options): Thumbnails {
  return createLazyCache<Thumbnail>({
    ...options,
    order: 'last',
    load: async ([photo]) => [
      await load(photo!).then(
        ({ blob, imageId }) => ({ url: URL.createObjectURL(blob), name: imageId }),
        () => ({ url: null, name: '' }),
      ),
    ],
    release: ({ url }) => url && URL.revokeObjectURL(url),
  });
}
