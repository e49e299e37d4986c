/** The words between the decode pool and its workers. */
import type { LoadedView, ViewSeed, ViewSpec } from '../../engine/augment/view';

/** What a decode worker can do with a photo's bytes. */
export type Job =
  | { kind: 'view'; blob: Blob; spec: ViewSpec; seed: ViewSeed | null }
  | { kind: 'thumbnail'; blob: Blob; maxSide: number };

export type JobMessage = Job & { id: number };

/** `failed` is why the photo could not be decoded, without its name. */
export type JobReply =
  { id: number; view: LoadedView } | { id: number; thumbnail: Blob } | { id: number; failed: string };
