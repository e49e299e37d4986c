/** What an archive holds, whichever it is, and what is too much of it. */
import { StudioError } from '../base/errors';

export interface ArchivedFile {
  /** With forward slashes, inside the archive. */
  readonly path: string;
  /** Unpacked, as the archive says; nothing more than that is ever unpacked. */
  readonly size: number;
  /** @throws StudioError `bad-photo` where it cannot be unpacked. */
  open(): Promise<Blob>;
  /** The first bytes alone. */
  head(bytes: number): Promise<Uint8Array>;
}

/** A photo or a table of more is none. */
export const MOST_FILE_BYTES = 512 * 2 ** 20;
/** What may lie unpacked in the browser's store or in memory. */
export const MOST_UNPACKED_BYTES = 4 * 2 ** 30;

/** A path that stays inside. @throws StudioError `bad-dataset` for one that leads out of the archive. */
export function innerPath(name: string, archive: string): string {
  const path = name.replaceAll('\\', '/').replace(/^(\.\/)+/, '');
  if (/^([a-z]:)?\//i.test(path) || path.split('/').includes('..')) {
    throw new StudioError(
      'bad-dataset',
      `${archive} was not opened: its entry "${name}" leads out of the archive`,
      'Such archives are made to overwrite files. Unpack it with a program that you trust, and open the folder.',
    );
  }
  return path.replaceAll(/\/(\.?\/)+/g, '/');
}

export const brokenArchive = (archive: string, reason: string): StudioError =>
  new StudioError(
    'bad-dataset',
    `${archive} cannot be opened: ${reason}`,
    'Download it again, or unpack it and open the folder.',
  );

export const brokenEntry = (path: string, reason: string): StudioError =>
  new StudioError('bad-photo', `${path} cannot be unpacked: ${reason}`);
