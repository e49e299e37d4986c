/** Photos without labels, and what the network says of them. Plain data. */
import type { ClassMap } from '../engine/analysis/classMap';
import type { StudioConfig } from '../engine/experiments/meta';
import type { ShownView } from './photos';
import type { TestView, WeightsSlot } from './weights';

export interface TryOptions {
  weights?: WeightsSlot;
  /** How large the batches are, and the view for weights that say none. */
  config: StudioConfig;
  /** Measures what is usual on the open photos first, and tells which photos are not. */
  unlike: boolean;
  /** Test sizes, px, over which probabilities are averaged; the weights' own where there are none. */
  sizes?: readonly number[];
}

/** What the network said of photos that nobody has labelled. */
export interface Predicted {
  /** Counts the session's trials. */
  trial: number;
  /** "baseline, epoch 7", "imported from x.safetensors". */
  weights: string;
  /** When the run that made them was begun, or their file opened: ISO date and time. */
  madeAt: string;
  classes: readonly string[];
  /** One, or several whose probabilities are averaged. */
  views: readonly TestView[];
  /** Nobody has said how photos are to be made ready for these weights: the view is that of the settings. */
  viewIsGuessed: boolean;
  /** Those that could be read, in the order of their paths. */
  photos: readonly { path: string; imageId: string }[];
  /** [photos, K], calibrated where the weights have a temperature for this view. */
  probabilities: Float32Array<ArrayBuffer>;
  temperature: number | null;
  unreadable: readonly { path: string; reason: string }[];
  /** Files that are no photos, which nobody looked at. */
  others: number;
  /** Null where it was not asked for or cannot be told, which `reason` says. */
  unlike: Unlikeness | null;
  unlikeRefused: string | null;
  seconds: number;
}

/** How far photos are from those that were trained on, as the network sees them. */
export interface Unlikeness {
  /** A photo each, 0 to 2. */
  distances: Float32Array<ArrayBuffer>;
  /** Which `share` of the validation photos do not exceed. */
  threshold: number;
  share: number;
  trainCount: number;
  validationCount: number;
}

export interface TriedPhoto {
  view: Pick<ShownView, 'size' | 'rgba'>;
  /** What each place adds to the class's logit, as a `MappedView`'s. */
  map: ClassMap;
}

/** `submission`: `image_id,label`, as Kaggle wants it; `probabilities`: as predictions.csv, without the true label. */
export type TriedFile = 'submission' | 'probabilities';

export interface TryProgress {
  phase: 'listing' | 'measuring' | 'trying';
  done: number;
  of: number;
  imagesPerSecond: number | null;
}
