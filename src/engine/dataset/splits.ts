/** Which photos train and which validate: words for splits, and a split of our own where none is given. */
import { fork, permutation } from '../base/rng';
import type { DatasetWarning, Sample } from './types';

export type SplitWord = 'train' | 'validation' | 'test';

const WORDS: ReadonlyMap<string, SplitWord> = new Map([
  ...['train', 'training', 'trn'].map((word) => [word, 'train'] as const),
  ...['val', 'valid', 'validation', 'validate', 'dev', 'eval'].map((word) => [word, 'validation'] as const),
  ...['test', 'testing', 'tst'].map((word) => [word, 'test'] as const),
]);

/** The share of each class that validates where nobody said. */
const VALIDATION_SHARE = 0.2;

/** "Train", "valid", "TEST" …; anything else is undefined. */
export function splitWord(text: string): SplitWord | undefined {
  return WORDS.get(text.trim().toLowerCase());
}

/** A sample as a format understood it; `split` is null where the format says nothing of it. */
export interface Labelled extends Sample {
  split: SplitWord | null;
}

export interface SplitResult {
  train: Sample[];
  validation: Sample[];
  test: Sample[];
  warnings: DatasetWarning[];
}

/**
 * Sorts samples into the splits, in their order. A test split validates where there is no validation split, else it is
 * held out. Samples without any split get a stratified one, the same for the same seed.
 */
export function splitSamples(samples: readonly Labelled[], seed: number): SplitResult {
  if (samples.some((sample) => sample.split === null)) return stratify(samples, seed);
  const hasValidation = samples.some((sample) => sample.split === 'validation');
  const of = (split: SplitWord) => samples.filter((sample) => sample.split === split).map(toSample);
  return {
    train: of('train'),
    validation: of(hasValidation ? 'validation' : 'test'),
    test: hasValidation ? of('test') : [],
    warnings: [],
  };
}

function stratify(samples: readonly Labelled[], seed: number): SplitResult {
  const byClass = new Map<number, Labelled[]>();
  for (const sample of samples) {
    const members = byClass.get(sample.label);
    if (members) members.push(sample);
    else byClass.set(sample.label, [sample]);
  }
  const chosen = new Set<Labelled>();
  for (const [label, members] of byClass) {
    if (members.length < 2) continue;
    const count = Math.max(1, Math.round(VALIDATION_SHARE * members.length));
    const order = permutation(fork(seed, label), members.length);
    for (const index of order.subarray(0, count)) chosen.add(members[index]!);
  }
  const message =
    `No split into training and validation photos was found: ${chosen.size} of ${samples.length} photos ` +
    `(20 % of each class, drawn with seed ${seed}) were set aside for validation.`;
  return {
    train: samples.filter((sample) => !chosen.has(sample)).map(toSample),
    validation: samples.filter((sample) => chosen.has(sample)).map(toSample),
    test: [],
    warnings: [{ kind: 'no-split', message }],
  };
}

function toSample({ path, imageId, label }: Labelled): Sample {
  return { path, imageId, label };
}
