/** What photos a project was made of, to know them again: which there are, what they are labelled, how large some are. */
import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex } from '@noble/hashes/utils.js';
import { StudioError } from '../engine/base/errors';
import { type Dataset, type FileSource, type Sample, type Split, SPLITS } from '../engine/dataset/types';

/** Files whose sizes are kept: enough that a folder that was made anew is noticed, few enough for a slow disk. */
const SIZED = 64;
/** Differences that an error names. */
const NAMED = 3;

/** Plain data. */
export interface Manifest {
  name: string;
  classes: readonly string[];
  /** Path and label, split by split, in their order. */
  photos: Readonly<Record<Split, readonly (readonly [path: string, label: number])[]>>;
  /** Bytes of files spread over all. */
  sizes: readonly (readonly [path: string, bytes: number])[];
}

export async function manifestOf(dataset: Dataset, source: FileSource): Promise<Manifest> {
  const { name, classes, train, validation, test } = dataset;
  const named = (samples: readonly Sample[]) => samples.map(({ path, label }) => [path, label] as const);
  const paths = [...train, ...validation, ...test].map(({ path }) => path);
  const some = paths.filter((_, i) => i % Math.max(1, Math.floor(paths.length / SIZED)) === 0);
  const sized = some.map(async (path) => [path, (await source.read(path)).size] as const);
  const sizes = (await Promise.allSettled(sized)).flatMap((one) => (one.status === 'fulfilled' ? [one.value] : []));
  const photos = { train: named(train), validation: named(validation), test: named(test) };
  return { name, classes: [...classes], photos, sizes };
}

/** The same for the same photos in the same order, whatever the folder is called. */
export function manifestHash({ classes, photos }: Manifest): string {
  return bytesToHex(sha256(new TextEncoder().encode(JSON.stringify([classes, SPLITS.map((split) => photos[split])]))));
}

/**
 * Whether these are the photos of then.
 * @throws StudioError `bad-dataset`, naming what differs.
 */
export function checkManifest(then: Manifest, now: Manifest): void {
  const differences = differencesOf(then, now);
  if (differences.length === 0) return;
  throw new StudioError(
    'bad-dataset',
    `${now.name} does not hold the photos that ${then.name} held: ${differences.join('; ')}`,
    'Open the folder as it was, or begin another project with the photos as they are.',
  );
}

/** Whether these are those photos, whatever their folder is called. */
export const sameManifest = (then: Manifest, now: Manifest): boolean => differencesOf(then, now).length === 0;

function differencesOf(then: Manifest, now: Manifest): string[] {
  const [before, after] = [placesOf(then), placesOf(now)];
  const missing = [...before.keys()].filter((path) => !after.has(path));
  const added = [...after.keys()].filter((path) => !before.has(path));
  const moved = [...before].filter(([path, place]) => after.has(path) && after.get(path) !== place);
  const sizes = new Map(now.sizes);
  const changed = then.sizes.filter(([path, bytes]) => sizes.has(path) && sizes.get(path) !== bytes);
  const classes = then.classes.join('\n') === now.classes.join('\n');
  const found = [
    counted(missing, 'is missing', 'are missing'),
    counted(added, 'is new', 'are new'),
    counted(
      moved.map(([path]) => path),
      'has another label or split',
      'have another label or split',
    ),
    counted(
      changed.map(([path]) => path),
      'has another size',
      'have another size',
    ),
    classes ? '' : `its classes are ${now.classes.slice(0, 8).join(', ')}`,
  ].filter(Boolean);
  // The order decides which photos make a batch.
  return found.length > 0 || manifestHash(then) === manifestHash(now) ? found : ['they are in another order'];
}

const placesOf = ({ photos, classes }: Manifest): Map<string, string> =>
  new Map(
    SPLITS.flatMap((split) => photos[split].map(([path, label]) => [path, `${split} ${classes[label]}`] as const)),
  );

function counted(paths: readonly string[], one: string, many: string): string {
  const named = paths.slice(0, NAMED).join(', ');
  if (paths.length === 0) return '';
  const rest = paths.length - NAMED;
  return rest > 0 ? `${named} and ${rest} more ${many}` : `${named} ${paths.length === 1 ? one : many}`;
}
