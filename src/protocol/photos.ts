/** The words about single photos: as columns for any number of them, and one by one. */
import type { ClassMap } from '../engine/analysis/classMap';
import type { MapStage } from '../engine/analysis/similarityMap';
import type { DatasetSummary, Split } from '../engine/dataset/types';
import type { StepId, StudioConfig } from '../engine/experiments/meta';
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
  /** What is wrong with each photo, a set of `problemBit`s. [photos] */
  problems: Uint16Array<ArrayBuffer>;
  /** Null before the photos were looked at. */
  check: CheckReport | null;
  /** In the order of steps and sizes. */
  measured: readonly MeasuredPhotos[];
  /** Which of them is the one that chose the best weights; -1 where none is. */
  chosen: number;
  /** Made of these photos with weights that are still there; null where none was. */
  map: SimilarityMap | null;
}

/** Photos as places on a plane, alike ones side by side, as a network pools them. */
export interface SimilarityMap extends Measured {
  /** Numbers; drawn by a seed where there are more than it takes, and without those that cannot be read. */
  photos: Int32Array<ArrayBuffer>;
  /** [photos, 2], of no unit. */
  places: Float32Array<ArrayBuffer>;
  seconds: number;
}

export interface MapProgress {
  part: 'features' | MapStage['part'];
  /** 0 to 1, of the part. */
  done: number;
}

/** Photos like one photo, the likest first. */
export interface SimilarPhotos {
  /** Numbers, and cosines of what the network pools of both, -1 to 1. */
  photos: readonly { photo: number; cosine: number }[];
  /** Among how many they were looked for. */
  among: number;
}

/** Found by a look at every photo, but for `group`, which a table tells, and the last, which a network doubts. */
export const PROBLEMS = [
  'exact',
  'near',
  'leak',
  'group',
  'conflict',
  'dark',
  'blurred',
  'tiny',
  'shape',
  'unreadable',
  'doubtful',
] as const;
export type Problem = (typeof PROBLEMS)[number];

export const problemBit = (problem: Problem): number => 1 << PROBLEMS.indexOf(problem);

/** What a look at every photo has found. */
export interface CheckReport {
  photos: number;
  /** Photos a problem. */
  counts: Readonly<Record<Problem, number>>;
  /** Photos that are the same, to the byte or to the eye, by their numbers. */
  groups: readonly (readonly number[])[];
}

export interface CheckProgress {
  done: number;
  of: number;
}

/** A change to a photo: of the data set, never of a file. */
export interface PhotoChange {
  leaveOut?: true;
  label?: number;
  /** The split that it is in from now on. */
  to?: Split;
}

/** A photo that is the very file of another, in another split. */
export interface CopiedPhoto extends PhotoPlace {
  path: string;
}

export interface SplitCopies {
  /** Of equal files in several splits, each in the splits' order. */
  groups: readonly (readonly CopiedPhoto[])[];
  /** Photos of a size that another split has, too, that were too many to be opened. */
  unlooked: number;
}

export const NO_COPIES: SplitCopies = { groups: [], unlooked: 0 };

/** Weights at a size, on the validation photos. */
export interface Measured {
  /** Whose weights: the baseline's, or those opened in its place, or the fine-tuned ones. */
  step: Exclude<StepId, 'sweep'>;
  /** Of the view, px. */
  resize: number;
  size: number;
}

/** How the class maps of weights are to be read. */
export interface MappedHead {
  /** Whether it is one linear layer behind the mean: maps of the last stage are then the logit's parts. */
  linearHead: boolean;
}

/** Columns of [validation photos]. */
export interface MeasuredPhotos extends Measured, MappedHead {
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
  /** All that was measured; `probabilities` [K], null of photos that were not looked at. */
  measured: readonly (Measured & MappedHead & { probabilities: Float32Array<ArrayBuffer> | null })[];
  /** At the ends of how many of their trunks' stages it can be told where the networks see a class; 0 where nothing was measured. */
  mapStages: number;
}

/** A view as the network is given it, and where it sees a class there. */
export interface MappedView extends Measured {
  /** Side of what is shown of it, px: smaller than `size` where that was asked for. */
  shown: number;
  /** [shown, shown, 4] */
  rgba: Uint8ClampedArray<ArrayBuffer>;
  /** View px a photo px. */
  scale: number;
  /** The class that the map is of. */
  label: number;
  /** What each place adds to the class's logit: exactly at the last stage under a linear head, else as far as the gradient tells. */
  map: ClassMap;
}

/** A photo's views, as many as were asked for; a sentence in their place where it cannot be read. */
export type MappedPhoto = readonly MappedView[] | string;

/** A view as it goes into the network, normalisation undone. */
export interface ShownView {
  /** Side in px. */
  size: number;
  /** [size, size, 4] */
  rgba: Uint8ClampedArray<ArrayBuffer>;
  outline: Outline;
  /** View px a photo px. */
  scale: number;
}

export interface PhotoViews {
  imageId: string;
  label: string;
  width: number;
  height: number;
  /** The whole photo as stored, squished to a square. */
  photo: Omit<ShownView, 'outline' | 'scale'>;
  /** The baseline's, one an epoch asked for: those that training takes with the same seed. */
  train: readonly ShownView[];
  /** The baseline's own, then the sweep's. */
  test: readonly ShownView[];
}

/** Photos of a training batch as they went into the network, normalisation undone. */
export interface SeenPhotos {
  /** Photos of the whole batch. */
  batchSize: number;
  /** Side of what the network sees, px. */
  trainSize: number;
  /** [size, size, 4]: made smaller where the network sees more than a small picture shows. */
  photos: readonly { size: number; rgba: Uint8ClampedArray<ArrayBuffer>; imageId: string; label: string }[];
}

/** What is asked of single photos. */
export interface PhotoCommands {
  /** A JPEG no larger than `maxSide`, for show. `index` counts within the split. */
  photo: { ask: PhotoPlace & { maxSide: number }; reply: { blob: Blob; imageId: string; label: string } };
  photoColumns: { ask: object; reply: PhotoColumns };
  /** Looks at every photo, once a folder; what it has found is then in the columns. */
  checkPhotos: { ask: object; reply: object };
  stopChecking: { ask: object; reply: object };
  /**
   * What weights pool of the photos, of at most some thousands: the measured ones, or the best in their own view. Kept for
   * `similarPhotos` and the map, until there are other photos or weights.
   */
  comparePhotos: { ask: { measured: Measured | null; config: StudioConfig }; reply: object };
  /** Lays the photos out by what weights pool of them, as `comparePhotos`. It is then in the columns. */
  mapPhotos: { ask: { measured: Measured | null; config: StudioConfig }; reply: object };
  stopMapping: { ask: object; reply: object };
  /** Photos like this one among those that were compared; null where none were. Refused while a run goes on: the GPU is the run's. */
  similarPhotos: { ask: PhotoPlace & { count: number; config: StudioConfig }; reply: SimilarPhotos | null };
  /** The open photos with these changes, beside those made before; replies as `understand`. */
  editPhotos: { ask: { changes: readonly (PhotoPlace & PhotoChange)[] }; reply: DatasetSummary };
  /**
   * Where networks see a class in each photo, each network at its size, at the end of a stage or of the last; where `label` is null,
   * the class that it takes the photo for. All views are shown at one scale, the largest at `side` px or a little more. Refused
   * while a run goes on: the GPU is the run's.
   */
  photoMaps: {
    ask: {
      photos: readonly PhotoPlace[];
      label: number | null;
      measured: readonly (Measured & { stage?: number | undefined })[];
      side?: number;
      config: StudioConfig;
    };
    reply: readonly MappedPhoto[];
  };
  photoDetail: { ask: PhotoPlace & { config: StudioConfig }; reply: PhotoDetail };
  /** What the network would see of a photo with these settings. Refused while a run goes on: the GPU is the run's. */
  views: {
    ask: PhotoPlace & { config: StudioConfig; epochs: readonly number[] };
    reply: PhotoViews;
  };
  /** Up to `count` photos of the next batch of the training that goes on; null if none comes. */
  seenPhotos: { ask: { count: number }; reply: SeenPhotos | null };
}
