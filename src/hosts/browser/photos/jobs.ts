/** The words between the decode pool and its workers. */
import type { LoadedView, ViewSeed, ViewSpec } from '../../../engine/photo/view';
import type { PhotoFacts } from '../../../engine/photo/inspectPhoto';
import type { ImageHeader } from '../../../engine/photo/imageHeader';
import type { Finish } from '../../../engine/photo/storedPhoto';
import type { FileLink } from '../sources/lastingFile';

/** What a decode worker can do with a photo's bytes. */
export type Job =
  | { kind: 'view'; blob: FileLink; spec: ViewSpec; seed: ViewSeed | null; respectExif: boolean; finish: Finish }
  | { kind: 'thumbnail'; blob: FileLink; maxSide: number }
  /** The whole photo, its shorter side resized to `side` px. */
  | { kind: 'copy'; blob: FileLink; side: number; respectExif: boolean }
  | { kind: 'inspect'; blob: FileLink }
  /** Reads the photo's start alone. */
  | { kind: 'header'; blob: FileLink };

export type JobMessage = Job & { id: number };

/** How long the parts of a view took, ms. */
export interface ViewTimes {
  read: number;
  decode: number;
  copy: number;
}

/** `failed` is why the photo could not be decoded, without its name. */
export type JobReply =
  | { id: number; view: LoadedView; times: ViewTimes }
  | { id: number; thumbnail: Blob }
  /** Null where the photo is no larger. */
  | { id: number; copy: Blob | null }
  | { id: number; header: ImageHeader }
  | { id: number; facts: PhotoFacts }
  | { id: number; failed: string };
