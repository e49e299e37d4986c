/** Which weights there are, where they come from, and in which view they are tested. Plain data. */
import type { Score } from '../engine/base/records';
import type { EditSummary } from '../engine/dataset/types';
import type { RunId, StudioConfig } from '../engine/experiments/meta';
import type { Architecture } from '../engine/models/meta';
import type { Filter } from '../engine/photo/view';

/**
 * Which weights: `best` is the fine-tuned ones, unless those they came from are more accurate; `baseline` stands for opened
 * ones, too, where no baseline was trained.
 */
export type WeightsSlot = 'best' | 'baseline' | 'finetune';

/** A test view with all that its pixels depend on: Resize(resize) (0: none), then CenterCrop(crop). */
export interface TestView {
  resize: number;
  crop: number;
  filter: Filter;
  /** Whether ImageNet's mean and deviation are taken out. */
  normalize: boolean;
  /** Whether the resize makes squares, whatever the photo's shape. */
  squish: boolean;
  /** Whether photos were turned as their EXIF asks. */
  respectExif: boolean;
  /** Shorter side of the smaller copies in px, 0 where views are made of the photos themselves. */
  cacheSide: number;
}

/** One link of the history of weights: a run, or the opening of a file, and what it made of those before. */
export interface WeightsOrigin {
  run: RunId | 'import';
  /** "baseline, epoch 7", "imported from x.safetensors". */
  name: string;
  /** ISO date and time. */
  madeAt: string;
  /** Of the run; null for files. */
  config: StudioConfig | null;
  data: {
    name: string;
    classes: readonly string[];
    trainCount: number;
    validationCount: number;
    /** Changes that were made to its photos, if any. */
    edits?: EditSummary;
  } | null;
  /** The view that chose these weights, and their score on the validation photos in it; null before they were measured. */
  view: TestView | null;
  score: Score | null;
  /** Its logits are divided by it before softmax, fitted on the same photos in the same view; missing where nobody has. */
  temperature?: number;
  /** Of a file: as its maker or the Hub names it; missing where nobody has said. */
  licence?: string;
}

/** What made weights of this history: its last run; null where it tells of none. */
export const makerIn = (history: readonly WeightsOrigin[]): WeightsOrigin | null =>
  history.findLast(({ run }) => run !== 'import') ?? null;

/**
 * The settings of a run on these weights: the network and the sizes that it was trained and validated at are theirs, whatever is
 * set now.
 */
export function settingsOn(
  { arch, history }: Pick<WeightsInfo, 'arch' | 'history'>,
  given: StudioConfig,
): StudioConfig {
  const config = { ...given, arch };
  const made = makerIn(history)?.config;
  if (!made) return config;
  const { trainSize, evalResize, evalCrop } = made;
  return { ...config, trainSize, evalResize, evalCrop };
}

export interface WeightsInfo {
  arch: Architecture;
  classes: readonly string[];
  /** "baseline, epoch 7", "imported from x.safetensors". */
  origin: string;
  /** The oldest first; the last link is what made them. */
  history: readonly WeightsOrigin[];
  /** The view that they are measured in; null where nobody has said. */
  view: TestView | null;
  /** By which their logits are divided before softmax; null where none was fitted. */
  temperature: number | null;
}

/** A model's file on the Hugging Face Hub. */
export interface HubModel {
  /** "owner/name" */
  id: string;
  file: string;
  /** The commit it was looked up at. */
  revision: string;
  bytes: number;
  /** In hexadecimal digits. */
  sha256: string;
  /** As the Hub abbreviates it; null if it names none. */
  licence: string | null;
}

export interface ShelvedModel extends HubModel {
  storedBytes: number;
  /** Whole, and what the Hub said it would be. */
  checked: boolean;
}

export interface FetchProgress {
  id: string;
  /** Bytes there, those of earlier attempts included. */
  done: number;
  bytes: number;
  /** Null in the first moment. */
  bytesPerSecond: number | null;
}
