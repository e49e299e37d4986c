/** A data set as names and numbers: no pixels, whatever its size. */

export type Split = 'train' | 'validation';

export interface Sample {
  /** Path inside the opened folder, with forward slashes. */
  path: string;
  /** As the CSV names it, or the file's name. */
  imageId: string;
  /** Index into `Dataset.classes`. */
  label: number;
}

/** Something found in a folder that training can step over. */
export interface DatasetWarning {
  kind:
    | 'missing-file'
    | 'file-in-no-row'
    | 'duplicate-row'
    | 'conflicting-row'
    | 'bad-label'
    | 'bad-split'
    | 'empty-file'
    | 'unreadable-photo'
    | 'no-split'
    | 'csv'
    | 'other';
  message: string;
  file?: string;
  /** Line in the CSV, the header being line 1. */
  row?: number;
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
  /** The first 200; `warningCounts` has them all. */
  warnings: readonly DatasetWarning[];
  warningCounts: Partial<Record<DatasetWarning['kind'], number>>;
  /** Why no run can start on it, if so. */
  refusal?: string;
}

/**
 * The files of a folder, as a host lists them. Listing gives names only; nothing is read before `read`.
 */
export interface FileSource {
  /** The folder's own name. */
  name: string;
  /** Relative paths with forward slashes, in no particular order. */
  paths: readonly string[];
  /** No photo carries EXIF data: nobody needs to look. */
  plain?: boolean;
  /** @throws StudioError `bad-photo` if the file has gone. */
  read(path: string): Promise<Blob>;
}
