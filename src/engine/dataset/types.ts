/** A data set as names and numbers: no pixels, whatever its size. */
import type { ChoiceKey, DatasetSettings } from './settings';
import type { SplitWord } from './splitWords';

/** In the order in which photos are numbered. `test`: held out of every choice. */
export const SPLITS = ['train', 'validation', 'test'] as const;
export type Split = (typeof SPLITS)[number];

export interface Sample {
  /** Path inside the opened folder, with forward slashes. */
  path: string;
  /** As the table names it, or the file's name; the path where those are not unique. */
  imageId: string;
  /** Index into `Dataset.classes`. */
  label: number;
  /** What photos that stay together share, where a column says it. */
  group?: string;
  /** Of the folder's own cross-validation; missing where it has none, or the photo always trains. */
  fold?: string;
}

/** How many photos each kind of change was made to. */
export interface EditSummary {
  leftOut: number;
  relabelled: number;
  moved: number;
  /** The same for the same changes. */
  id: string;
}

/** A photo as it was understood, before own splits and numbers for classes. */
export interface LabelledPhoto {
  path: string;
  imageId: string;
  label: string;
  split: SplitWord | null;
  group: string | null;
  fold?: string | undefined;
}

/** What `words/dataset.ts` makes texts of. */
export type Values = Readonly<Record<string, string | number>>;

export type WarningCode =
  | 'missing-file'
  | 'file-in-no-row'
  | 'duplicate-row'
  | 'conflicting-row'
  | 'conflicting-split'
  | 'bad-label'
  | 'bad-split'
  | 'split-column'
  | 'similar-name'
  | 'not-a-photo'
  | 'unlabelled'
  | 'beside-splits'
  | 'not-a-class-folder'
  | 'mask'
  | 'untrained-test'
  | 'unvalidated'
  | 'left-out-class'
  | 'no-split'
  | 'fold'
  | 'groups'
  | 'group-across'
  | 'split-copy'
  | 'added'
  | 'several-labels'
  | 'boxes-left-out'
  | 'class-case'
  | 'class-copy'
  | 'train-class'
  | 'named-class'
  | 'photo-folder'
  | 'table-left-out'
  | 'folders-left-out'
  | 'table-text'
  | 'archive-left-out'
  | 'encoding'
  | 'bad-map';

/** Something found in a folder that training can step over. */
export interface DatasetWarning {
  code: WarningCode;
  file?: string;
  /** Line in the table, the header being line 1. */
  row?: number;
  values?: Values;
}

export type RefusalCode =
  | 'no-photos'
  | 'unreadable-photos'
  | 'no-classes'
  | 'no-label-column'
  | 'which-label-column'
  | 'which-table'
  | 'which-photos'
  | 'which-folder'
  | 'which-level'
  | 'foreign-table'
  | 'several-labels'
  | 'several-flags'
  | 'unshared-labels'
  | 'no-training'
  | 'no-validation'
  | 'too-few'
  | 'one-class'
  | 'untrained-classes'
  | 'both-splits'
  | 'bad-setting';

/** Why no run can start on a data set, or what has to be asked first. */
export interface Refusal {
  code: RefusalCode;
  values: Values;
}

/** Something that was chosen, and what else could have been: a setting of that key changes it. */
export interface Choice {
  what: ChoiceKey;
  /** Null where it has to be asked. */
  chosen: string | null;
  others: readonly string[];
}

export interface Dataset {
  name: string;
  classes: readonly string[];
  train: readonly Sample[];
  validation: readonly Sample[];
  /** Held out: neither trained nor chosen on. Empty where the folder sets none aside beside its validation photos. */
  test: readonly Sample[];
  /** How the folder was understood, in a sentence. */
  format: string;
  warnings: readonly DatasetWarning[];
  choices: readonly Choice[];
  /** What a person has chosen. */
  settings: DatasetSettings;
  /** Changes made to single photos; missing where there are none. */
  edits?: EditSummary;
  groupsAcross?: GroupsAcross;
  /** Photos that are in no split; `warnings` say why. */
  unused: number;
  refusal: Refusal | null;
}

/** Groups that a given split puts on more than one side. */
export interface GroupsAcross {
  /** That names them. */
  column: string;
  groups: number;
  /** Of those groups. */
  photos: number;
  /** Some groups' names. */
  examples: readonly string[];
}

/** How many photos EXIF wants turned, of those looked at: all, or some thousands spread over a large folder. */
export interface Orientations {
  /** So far, and in the end. */
  looked: number;
  of: number;
  turned: number;
}

/** What the page is told of a data set. */
export interface DatasetSummary {
  name: string;
  format: string;
  classes: readonly { name: string; train: number; validation: number; test: number }[];
  trainCount: number;
  validationCount: number;
  testCount: number;
  unusedCount: number;
  /** The first 200; `warningCounts` has them all. */
  warnings: readonly DatasetWarning[];
  warningCounts: Partial<Record<WarningCode, number>>;
  choices: readonly Choice[];
  settings: DatasetSettings;
  edits?: EditSummary;
  groupsAcross?: GroupsAcross;
  /** Why no run can start on it, if so. */
  refusal?: Refusal;
}

/** What a person has said of a photo that was added. */
export interface SaidOf {
  label: string;
  /** Where the folder gives splits. */
  split: Split;
}

/**
 * The files of a folder, as a host lists them. Listing gives names only; nothing is read before `read`.
 */
export interface FileSource {
  /** The folder's own name. */
  name: string;
  /** Relative paths with forward slashes, in no particular order. */
  paths: readonly string[];
  /** Every photo is what its name says, and carries no EXIF data: nobody needs to look. */
  plain?: boolean;
  /** @throws StudioError `bad-photo` if the file has gone. */
  read(path: string): Promise<Blob>;
  /** The first bytes alone, where that is less work than `read`. */
  head?(path: string, bytes: number): Promise<Uint8Array>;
  /**
   * Bytes of each file, where that is less work than reading them; null of one that has gone, or whose size is work to tell.
   * @throws The signal's reason.
   */
  sizes?(paths: readonly string[], signal: AbortSignal): Promise<readonly (number | null)[]>;
  /** How long what a photo shows is in it, px, where that is known at all; null of a file that shows nothing. */
  objectLength?(path: string): Promise<number | null>;
  /** Photos whose class a person has said, by path. */
  said?: ReadonlyMap<string, SaidOf>;
  /** What was stepped over while it was listed. */
  warnings?: readonly DatasetWarning[];
}
