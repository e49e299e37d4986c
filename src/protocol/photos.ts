/** The words about single photos: as columns for any number of them, and one by one. */
import type { Split } from '../engine/dataset/types';
import type { StepId } from '../engine/experiments/meta';
import type { Outline } from '../engine/photo/outline';

/** A photo of the data set. */
export interface PhotoPlace {
  split: Split;
  index: number;
}

/** What filters and orders look at, a few bytes a photo. Photos are numbered through their splits, in `SPLITS`' order. */
export interface PhotoColumns {
  counts: Readonly<Record<Split, number>>;
  /** [photos] */
  labels: Int32Array<ArrayBuffer>;
  /** In the order of steps and sizes. */
  measured: readonly MeasuredPhotos[];
  /** Which of them is the one that chose the best weights; -1 where none is. */
  chosen: number;
}

/** Weights at a size, on the validation photos. */
export interface Measured {
  /** Whose weights: the baseline's, or those opened in its place, or the fine-tuned ones. */
  step: Exclude<StepId, 'sweep'>;
  /** Of the view, px. */
  resize: number;
  size: number;
}

/** Columns of [validation photos]. */
export interface MeasuredPhotos extends Measured {
  /** -1 where a photo could not be read. */
  predictions: Int32Array<ArrayBuffer>;
  /** Cross entropy: the label's probability is exp(-loss). NaN where a photo could not be read. */
  losses: Float32Array<ArrayBuffer>;
  /** Probability of the predicted class. */
  confidences: Float32Array<ArrayBuffer>;
}

export interface PhotoDetail {
  imageId: string;
  /** Inside the folder. */
  path: string;
  label: string;
  bytes: number;
  /** px, upright. */
  width: number;
  height: number;
  /** Crops of the first epochs' training, on the upright photo. */
  train: readonly Outline[];
  /** The baseline's own test view, then the sweep's. */
  test: readonly { size: number; outline: Outline }[];
  /** Of a validation photo; `probabilities` [K]. */
  measured: readonly (Measured & { probabilities: Float32Array<ArrayBuffer> })[];
}
