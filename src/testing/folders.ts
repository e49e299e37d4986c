/** Folders in memory, as far as opening them looks: names, tables, and how photos begin. */
import type { FileSource } from '../engine/dataset/types';

export type Files = Readonly<Record<string, string | Uint8Array<ArrayBuffer>>>;

/** How a JPEG begins: as much as is looked at before photos are decoded. */
export const JPEG = Uint8Array.of(0xff, 0xd8, 0xff, 0xe0);
export const HEIC = '\0\0\0\x18ftypheic\0\0\0\0';

export function folderOf(files: Files, name = 'folder'): FileSource {
  return { name, paths: Object.keys(files), read: (file) => Promise.resolve(new Blob([files[file]!])) };
}

/** `count` photos named by their number: "train/cat/#.jpg". */
export function photos(pattern: string, count: number, content: string | Uint8Array<ArrayBuffer> = JPEG): Files {
  return Object.fromEntries(Array.from({ length: count }, (_, i) => [pattern.replace('#', String(i)), content]));
}

/** A table of a row a number below a header. */
export function table(header: string, count: number, row: (i: number) => string): string {
  return `${[header, ...Array.from({ length: count }, (_, i) => row(i))].join('\n')}\n`;
}

/** Text in windows-1252, whose letters are Latin-1's. */
export const latin1 = (text: string): Uint8Array<ArrayBuffer> =>
  Uint8Array.from(text, (letter) => letter.charCodeAt(0));
