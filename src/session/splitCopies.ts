/**
 * Photos that are the very files of photos in another split, found without reading all: sizes first, then some bytes of those of
 * equal size, then all bytes of those that still agree.
 */
import { type Dataset, type FileSource, type Split, SPLITS } from '../engine/dataset/types';
import { type CopiedPhoto, NO_COPIES, type SplitCopies } from '../protocol/photos';

/** From the middle, where photos of one camera differ soonest. */
const LOOK_BYTES = 4096;
/** At a time: a disk is kept busy, and a run beside it is not. */
const READERS = 4;

interface Placed extends CopiedPhoto {
  split: Split;
}

/**
 * What cannot be read has no copies.
 * @param most Photos that are opened: of more, those whose size the fewest others have.
 * @throws The signal's reason.
 */
export async function findSplitCopies(
  source: FileSource,
  dataset: Pick<Dataset, Split>,
  signal: AbortSignal,
  most = Infinity,
): Promise<SplitCopies> {
  if (source.plain) return NO_COPIES;
  const photos = SPLITS.flatMap((split) => dataset[split].map(({ path }, index): Placed => ({ split, index, path })));
  const sizes = await sizesOf(source, photos, signal);
  const alike = across([photos], (photo) => sizes.get(photo) ?? null).sort((a, b) => a.length - b.length);
  let opened = 0;
  const looked = alike.filter(({ length }) => (opened += length) <= most);
  const middle = await keysOf(looked.flat(), signal, async ({ path }) => {
    const blob = await source.read(path);
    const from = Math.max(0, (blob.size - LOOK_BYTES) >> 1);
    return hashOf(blob.slice(from, from + LOOK_BYTES));
  });
  const likely = across(looked, (photo) => middle.get(photo) ?? null);
  const whole = await keysOf(likely.flat(), signal, async ({ path }) => hashOf(await source.read(path)));
  return {
    groups: across(likely, (photo) => whole.get(photo) ?? null),
    unlooked: alike.flat().length - looked.flat().length,
  };
}

/** Each group's photos of one key that are in several splits. */
function across(groups: readonly (readonly Placed[])[], keyOf: (photo: Placed) => string | number | null): Placed[][] {
  return groups.flatMap((group) => {
    const byKey = new Map<string | number, Placed[]>();
    for (const photo of group) {
      const key = keyOf(photo);
      if (key === null) continue;
      const known = byKey.get(key);
      if (known) known.push(photo);
      else byKey.set(key, [photo]);
    }
    return [...byKey.values()].filter((some) => some.some(({ split }) => split !== some[0]!.split));
  });
}

async function sizesOf(
  source: FileSource,
  photos: readonly Placed[],
  signal: AbortSignal,
): Promise<Map<Placed, number>> {
  if (!source.sizes) return keysOf(photos, signal, async ({ path }) => (await source.read(path)).size);
  const sizes = await source.sizes(
    photos.map(({ path }) => path),
    signal,
  );
  return new Map(photos.flatMap((photo, i) => (sizes[i] === null ? [] : [[photo, sizes[i]!] as const])));
}

async function keysOf<K>(
  photos: readonly Placed[],
  signal: AbortSignal,
  keyOf: (photo: Placed) => Promise<K>,
): Promise<Map<Placed, K>> {
  const keys = new Map<Placed, K>();
  let next = 0;
  const readOn = async () => {
    while (next < photos.length) {
      signal.throwIfAborted();
      const photo = photos[next++]!;
      const key = await keyOf(photo).catch(() => undefined);
      if (key !== undefined) keys.set(photo, key);
    }
  };
  await Promise.all(Array.from({ length: READERS }, readOn));
  return keys;
}

const hashOf = async (blob: Blob): Promise<string> =>
  new Uint8Array(await crypto.subtle.digest('SHA-256', await blob.arrayBuffer())).join();
