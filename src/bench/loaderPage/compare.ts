/** The loader page's photos beside Pillow's, pixel by pixel. */
import path from 'node:path';
import type { Page } from '@playwright/test';
import { type Difference, differenceOf } from '../../testing/photos/difference';
import type { Pillow } from '../../testing/photos/pillow';

export interface ComparedPhoto {
  path: string;
  /** As stored, px; 0 where the studio cannot read it. */
  width: number;
  height: number;
  /** Between the two; null where they cannot be compared. */
  difference: Difference | null;
  /** Came out of the decoder as the planes in the file. */
  planar: boolean;
  /** Why the studio, or Pillow, cannot read it. */
  failure: string | null;
  pillowFailure: string | null;
}

/** `photo` is a path within `folder`, which the page has open. The pixels are those stored: EXIF is ignored. */
export async function comparePhoto(page: Page, pillow: Pillow, folder: string, photo: string): Promise<ComparedPhoto> {
  const ask = { path: photo, respectExif: false };
  const [ours, theirs] = [
    await page.evaluate((a) => window.loaderPage.photo(a), ask),
    await pillow.read(path.join(folder, photo)),
  ];
  const { failure, planar, width, height } = ours;
  const compared = {
    path: photo,
    width,
    height,
    planar,
    failure,
    pillowFailure: typeof theirs === 'string' ? theirs : null,
  };
  if (failure !== null || typeof theirs === 'string') return { ...compared, difference: null };
  if (ours.width !== theirs.width || ours.height !== theirs.height) {
    throw new Error(`${photo}: ${ours.width} x ${ours.height} px, in Pillow ${theirs.width} x ${theirs.height}`);
  }
  return { ...compared, difference: differenceOf(new Uint8Array(Buffer.from(ours.pixels, 'base64')), theirs.pixels) };
}
