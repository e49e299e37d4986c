/** What a data-set format is: a way to understand a folder by its names and tables. One file each, one line in `open.ts`. */
import type { Listing } from './listing';
import type { Labelled } from './splits';
import type { DatasetWarning } from './types';

/** A folder as one format understands it, before the split. */
export interface Understood {
  /** How, in a sentence. */
  format: string;
  classes: readonly string[];
  samples: readonly Labelled[];
  warnings: readonly DatasetWarning[];
}

/**
 * Undefined: the folder is of another format.
 * @throws StudioError `bad-dataset`: it is of this one, but broken.
 */
export type Format = (listing: Listing) => Promise<Understood | undefined>;
