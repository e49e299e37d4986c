/** Which of a folder's files count: the first look of step 1 of the data's path, by names alone. */
import type { FileSource } from './types';

/** What browsers decode. */
const PHOTO = /\.(jpe?g|png|webp|avif|gif|bmp)$/i;
/** Photos to people, but not to browsers. */
const UNDECODABLE = /\.(tiff?|heic|heif|jp2|dng|cr2|nef|arw)$/i;
const SYSTEM_FILES = new Set(['thumbs.db', 'desktop.ini', '__macosx']);

export interface Listing {
  source: FileSource;
  /** Paths of photos, sorted. */
  photos: readonly string[];
  /** Paths of photos in formats that browsers cannot decode. */
  undecodable: readonly string[];
  /** Paths of all other files, sorted; hidden and system files left out. */
  others: readonly string[];
}

export function listFolder(source: FileSource): Listing {
  const visible = source.paths.filter((path) => !path.split('/').some(isHidden)).sort();
  return {
    source,
    photos: visible.filter(isPhoto),
    undecodable: visible.filter((path) => UNDECODABLE.test(path)),
    others: visible.filter((path) => !isPhoto(path) && !UNDECODABLE.test(path)),
  };
}

/** By its name: of a format that browsers decode. */
export function isPhoto(path: string): boolean {
  return PHOTO.test(path);
}

export function fileName(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}

/** Folders above the file, outermost first. */
export function foldersOf(path: string): string[] {
  return path.split('/').slice(0, -1);
}

/** `name` without a photo's extension; other dots stay. */
export function stripPhotoExtension(name: string): string {
  return name.replace(PHOTO, '');
}

function isHidden(segment: string): boolean {
  return segment.startsWith('.') || SYSTEM_FILES.has(segment.toLowerCase());
}
