/** What an archive holds, whichever it is, and what is too much of it. */
import { StudioError } from '../base/errors';
import { isClosedArchive, kindOf } from '../photo/photoKinds';

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

export const brokenArchive = (
  archive: string,
  reason: string,
  hint = 'Download it again, or unpack it and open the folder.',
): StudioError => new StudioError('bad-dataset', `${archive} cannot be opened: ${reason}`, hint);

/** One that is none, or of a kind that is not read, by its first bytes. Undefined of others. */
export function strangeArchive(archive: string, head: Uint8Array): StudioError | undefined {
  const kind = kindOf(head);
  const unpack = 'Unpack it and open the folder, or make a .zip of it.';
  if (isClosedArchive(kind)) return brokenArchive(archive, `it is a ${kind}, which is not read`, unpack);
  if (!/^(web page|Git LFS|empty)/.test(kind)) return undefined;
  return brokenArchive(
    archive,
    `it is ${kind.startsWith('empty') ? 'an' : 'a'} ${kind}, not an archive`,
    'Download it again, signed in where that is needed.',
  );
}

export const brokenEntry = (path: string, reason: string): StudioError =>
  new StudioError('bad-photo', `${path} cannot be unpacked: ${reason}`);
