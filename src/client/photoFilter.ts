/** Which photos are looked at, and in what order: pure functions over columns, fast enough for every change of a filter. */
import { type Split, SPLITS } from '../engine/dataset/types';
import {
  type Measured,
  type MeasuredPhotos,
  type PhotoColumns,
  type PhotoPlace,
  type Problem,
  problemBit,
} from '../protocol/photos';

export interface PhotoFilter {
  split: Split | null;
  /** Of the label and of what was predicted; null for any. */
  label: number | null;
  predicted: number | null;
  outcome: 'right' | 'wrong' | null;
  problem: Problem | null;
  /** Of the predicted class, 0 to 1, both ends included. */
  confidence: readonly [least: number, most: number];
  /** These alone, by their numbers; null for all. */
  among: ReadonlySet<number> | null;
  order: PhotoOrder;
  /** Whose predictions, by step and size; null for those that chose the weights. */
  measured: Measured | null;
}

export type PhotoOrder = 'folder' | 'loss' | 'confident' | 'doubtful';

export const ALL_PHOTOS: PhotoFilter = {
  split: null,
  label: null,
  predicted: null,
  outcome: null,
  problem: null,
  confidence: [0, 1],
  among: null,
  order: 'folder',
  measured: null,
};

/** Whether it leaves any photo out for what was predicted. */
export const asksPredictions = ({ predicted, outcome, confidence: [least, most] }: PhotoFilter): boolean =>
  predicted !== null || outcome !== null || least > 0 || most < 1;

/** Whether it leaves nothing out and orders nothing. */
export const isUnset = (filter: PhotoFilter): boolean =>
  (Object.keys(ALL_PHOTOS) as (keyof PhotoFilter)[]).every(
    (key) => JSON.stringify(filter[key]) === JSON.stringify(ALL_PHOTOS[key]),
  );

/** How much of what the grid's fields choose is not as at first; of predictions nothing counts where none were made. */
export function countChosen(columns: PhotoColumns, filter: PhotoFilter): number {
  const { split, label, problem, predicted, outcome, confidence, order, measured } = filter;
  const always = [split !== null, label !== null, problem !== null];
  const ofPredictions = [
    predicted !== null,
    outcome !== null,
    confidence.join() !== ALL_PHOTOS.confidence.join(),
    order !== ALL_PHOTOS.order,
    measured !== null,
  ];
  return [...always, ...(columns.measured.length > 0 ? ofPredictions : [])].filter(Boolean).length;
}

/** What of a filter still means the same once some photos have another class, another split, or left: numbers do not. */
export const afterChanges = ({ split, label, problem }: PhotoFilter): PhotoFilter => ({
  ...ALL_PHOTOS,
  split,
  label,
  problem,
});

/** The measurement that a filter is about. */
export function measuredOf({ measured, chosen }: PhotoColumns, wanted: Measured | null): MeasuredPhotos | null {
  return measured.find((one) => wanted !== null && isSame(one, wanted)) ?? measured.at(chosen) ?? null;
}

export const isSame = (a: Measured, b: Measured): boolean =>
  a.step === b.step && a.size === b.size && a.resize === b.resize;

/**
 * Numbers of the photos that a filter leaves, in its order; those without a prediction last where the order asks for one. Where
 * none were made, nothing is left out for them.
 */
export function selectPhotos(columns: PhotoColumns, filter: PhotoFilter): Int32Array {
  const { labels, counts, problems } = columns;
  const problem = filter.problem === null ? 0 : problemBit(filter.problem);
  const measured = measuredOf(columns, filter.measured);
  const [least, most] = filter.confidence;
  const predictions = measured !== null && asksPredictions(filter);
  const found = new Int32Array(labels.length);
  let count = 0;
  const [from, to] = rangeOf(counts, filter.split);
  for (let photo = from; photo < to; photo++) {
    if (filter.among && !filter.among.has(photo)) continue;
    if (filter.label !== null && labels[photo] !== filter.label) continue;
    if (problem > 0 && !(problems[photo]! & problem)) continue;
    if (predictions) {
      const predicted = predictedFor(columns, measured, photo);
      if (predicted === null) continue;
      if (filter.predicted !== null && predicted !== filter.predicted) continue;
      if (filter.outcome !== null && (predicted === labels[photo]) !== (filter.outcome === 'right')) continue;
      const confidence = measured.confidences[photo - counts.train]!;
      if (confidence < least || confidence > most) continue;
    }
    found[count++] = photo;
  }
  const selected = found.subarray(0, count);
  if (filter.order === 'folder' || !measured) return selected;
  const { losses, confidences } = measured;
  // Sorted by a number each: larger first, and whoever has none last.
  const values = { loss: losses, confident: confidences, doubtful: confidences.map((value) => -value) }[filter.order];
  const value = (photo: number): number => {
    const known = values[photo - counts.train];
    return known === undefined || Number.isNaN(known) ? -Infinity : known;
  };
  return selected.sort((a, b) => {
    const [first, second] = [value(a), value(b)];
    return first === second ? a - b : second - first;
  });
}

/** The class that a measurement took a photo for, by the photo's number; null where it says nothing. */
export function predictedFor({ counts }: PhotoColumns, measured: MeasuredPhotos | null, photo: number): number | null {
  const row = photo - counts.train;
  const predicted = row < 0 || row >= counts.validation ? -1 : (measured?.predictions[row] ?? -1);
  return predicted < 0 ? null : predicted;
}

function rangeOf(counts: PhotoColumns['counts'], split: Split | null): readonly [from: number, to: number] {
  if (split === null) return [0, counts.train + counts.validation + counts.test];
  const before = SPLITS.slice(0, SPLITS.indexOf(split)).reduce((sum, one) => sum + counts[one], 0);
  return [before, before + counts[split]];
}

/** Where a photo stands in its split. */
export function placeOf({ train, validation }: PhotoColumns['counts'], photo: number): PhotoPlace {
  if (photo < train) return { split: 'train', index: photo };
  if (photo < train + validation) return { split: 'validation', index: photo - train };
  return { split: 'test', index: photo - train - validation };
}

/** The number of a photo. */
export function numberOf({ train, validation }: PhotoColumns['counts'], { split, index }: PhotoPlace): number {
  return index + { train: 0, validation: train, test: train + validation }[split];
}
