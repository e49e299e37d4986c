/** Photos of a data set by where they stand. */
import { StudioError } from '../engine/base/errors';
import type { Dataset, Sample, Split } from '../engine/dataset/types';

/** @throws StudioError `bad-photo` where there is none. */
export function sampleOf(dataset: Dataset, split: Split, index: number): Sample {
  const sample = dataset[split][index];
  if (!sample) throw new StudioError('bad-photo', `There is no ${split} photo ${index}`, 'Open the folder again.');
  return sample;
}
