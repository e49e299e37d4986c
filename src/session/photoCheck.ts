/** A look at every photo: which are the same, which are in two splits at once, and which are dark, blurred, tiny or of an odd shape. */
import { correlation, exactGroups, nearGroups } from '../engine/analysis/duplicates';
import { oddPhotos } from '../engine/analysis/oddPhotos';
import { type Dataset, SPLITS } from '../engine/dataset/types';
import type { PhotoFacts } from '../engine/photo/inspectPhoto';
import { type CheckProgress, type CheckReport, type Problem, problemBit, PROBLEMS } from '../protocol/photos';
import type { PhotoDecoder } from './host';

/** Photos asked for at a time: decoders are kept busy, and a stop is soon. */
const AT_ONCE = 16;
/** Correlation of two fingerprints' greys: a brightness or a compression changes it by less than a hundredth. */
const ALIKE = 0.97;
/** Greys that vary less are one plain picture to a fingerprint, and all plain pictures are alike. */
const LEAST_CONTRAST = 6;

export interface PhotoCheck {
  report: CheckReport;
  /** A set of `problemBit`s a photo, numbered through the splits. */
  problems: Uint16Array<ArrayBuffer>;
}

/**
 * Decodes each photo once; holds some bytes of each, null of what cannot be read.
 * @throws The signal's reason.
 */
export async function lookAt(
  dataset: Dataset,
  decoder: Pick<PhotoDecoder, 'inspect'>,
  signal: AbortSignal,
  tell: (progress: CheckProgress) => void,
): Promise<ReadonlyMap<string, PhotoFacts | null>> {
  const samples = SPLITS.flatMap((split) => dataset[split]);
  const facts = new Map<string, PhotoFacts | null>();
  let next = 0;
  const lookOn = async () => {
    while (next < samples.length) {
      signal.throwIfAborted();
      const { path } = samples[next++]!;
      facts.set(path, await decoder.inspect(path, signal).catch(() => null));
      tell({ done: facts.size, of: samples.length });
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, lookOn));
  signal.throwIfAborted();
  return facts;
}

/** What the facts say of the photos in the splits and classes that they have now. */
export function judgePhotos(dataset: Dataset, known: ReadonlyMap<string, PhotoFacts | null>): PhotoCheck {
  const samples = SPLITS.flatMap((split) => dataset[split]);
  const facts = samples.map(({ path }) => known.get(path) ?? null);
  const splits = SPLITS.flatMap((split) => dataset[split].map(() => split));
  const problems = new Uint16Array(samples.length);
  const mark = (photo: number, problem: Problem) => {
    problems[photo]! |= problemBit(problem);
  };
  const isKnown = (photo: number) => facts[photo] !== null;
  const exact = exactGroups(wordsOf(facts, 'hash'), isKnown);
  const isPlain = (photo: number) => facts[photo]!.contrast < LEAST_CONTRAST;
  const near = nearGroups(wordsOf(facts, 'fingerprint'), {
    has: (photo) => isKnown(photo) && !isPlain(photo),
    same: exact,
    alike: (a, b) => correlation(facts[a]!.greys, facts[b]!.greys) >= ALIKE,
  });
  for (const group of exact) for (const photo of group) mark(photo, 'exact');
  for (const group of near) {
    for (const photo of group) if (!(problems[photo]! & problemBit('exact'))) mark(photo, 'near');
  }
  // Every group of the same files lies within one of these.
  for (const group of near) {
    const across = new Set(group.map((photo) => splits[photo])).size > 1;
    const differ = new Set(group.map((photo) => samples[photo]!.label)).size > 1;
    for (const photo of group) {
      if (across) mark(photo, 'leak');
      if (differ) mark(photo, 'conflict');
    }
  }
  oddPhotos(facts).forEach((odd, photo) => odd.forEach((oddity) => mark(photo, oddity)));
  facts.forEach((one, photo) => {
    if (!one) mark(photo, 'unreadable');
  });
  const countOf = (problem: Problem) => problems.reduce((sum, set) => sum + (set & problemBit(problem) ? 1 : 0), 0);
  const counts = Object.fromEntries(PROBLEMS.map((problem) => [problem, countOf(problem)]));
  return { report: { photos: samples.length, counts: counts as CheckReport['counts'], groups: near }, problems };
}

function wordsOf(facts: readonly (PhotoFacts | null)[], of: 'hash' | 'fingerprint'): Uint32Array {
  const words = new Uint32Array(2 * facts.length);
  facts.forEach((one, photo) => one && words.set(one[of], 2 * photo));
  return words;
}
