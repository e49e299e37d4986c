/** What a folder was understood as, before splits are drawn and changes made. */
import type { ChosenTables } from './chooseTables';
import type { FolderReading } from './classFolders';
import type { TableReading } from './columns';
import type { LabelMap } from './labels';
import type { Listing } from './listing';
import type { PhotoIndex } from './photoIndex';
import type { DatasetSettings } from './settings';
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

/** A folder as it was read. */
export interface Folder {
  listing: Listing;
  index: PhotoIndex;
  readings: readonly TableReading[];
  settings: DatasetSettings;
  folders: FolderReading;
  tables: ChosenTables;
}

/** The first of many names. */
export const someOf = (names: readonly string[]): string =>
  `${names.slice(0, 5).join(', ')}${names.length > 5 ? ', …' : ''}`;
