/** What a folder was understood as, before splits are drawn and changes made. */
import type { LabelMap } from './labels';
import type { Choice, DatasetWarning, LabelledPhoto, Refusal } from './types';

export interface Understood {
  /** How, in a sentence. */
  format: string;
  photos: readonly LabelledPhoto[];
  map: LabelMap | undefined;
  /** Whether a column says the splits, which then stand even where one is empty. */
  splitByColumn: boolean;
  /** What photos of one side of our own split share. */
  groupName: string | null;
  warnings: readonly DatasetWarning[];
  choices: readonly Choice[];
  refusal: Refusal | null;
}
