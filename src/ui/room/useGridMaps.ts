import { useEffect, useMemo, useState } from 'react';
import { createLazyCache, type LazyCache } from '../../client/lazyCache';
import { placeOf } from '../../client/photoFilter';
import { isBusy } from '../../client/state';
import { toErrorData } from '../../engine/base/errors';
import type { MappedPhoto, Measured, PhotoColumns } from '../../protocol/photos';
import { useStudio, useStudioState } from '../StudioContext';

/** Of the larger view, px of the page, as sharp as the screen up to twice that. */
const SIDE_PX = 160;
/** Photos, of some 200 KiB each. */
const MOST_KEPT = 100;
const BATCH = { most: 8, ms: 400, now: () => performance.now() };

/** Class maps of the photos in sight, of each measurement in `shown`; null where that is empty. */
export function useGridMaps(columns: PhotoColumns | null, shown: readonly Measured[]) {
  const studio = useStudio();
  const config = useStudioState((s) => s.config);
  const busy = useStudioState(isBusy);
  const [failure, setFailure] = useState<string | null>(null);
  const asked = JSON.stringify(shown.map(({ step, resize, size }) => ({ step, resize, size })));
  const maps = useMemo((): LazyCache<MappedPhoto> | null => {
    const measured = JSON.parse(asked) as Measured[];
    if (!columns || measured.length === 0) return null;
    const side = Math.round(SIDE_PX * Math.min(2, devicePixelRatio));
    return createLazyCache<MappedPhoto>({
      most: MOST_KEPT,
      atOnce: 1,
      order: 'first',
      batch: BATCH,
      paused: isBusy(studio.store.getState()),
      load: async (numbers) => {
        const photos = numbers.map((photo) => placeOf(columns.counts, photo));
        try {
          const found = await studio.photoMaps({ photos, label: null, measured, side, config });
          setFailure(null);
          return found;
        } catch (error) {
          const { code, message } = toErrorData(error);
          // They come once what made the look end is over.
          if (code !== 'busy') setFailure(message);
          throw error;
        }
      },
    });
  }, [studio, columns, config, asked]);
  useEffect(() => maps?.pause(busy), [maps, busy]);
  useEffect(() => () => maps?.dispose(), [maps]);
  return { maps, status: busy ? 'Maps come once the GPU is free.' : failure };
}
