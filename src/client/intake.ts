/**
 * The ways in: a dropped folder, a picked folder, a folder input. All end in a directory handle or in named files,
 * their paths relative to the folder. Nothing is read here, names alone are listed.
 */
import type { NamedFile } from '../protocol/messages';

/** In any pace: their folders are listed as they are asked for. */
export type NamedFiles = AsyncIterable<NamedFile> | Iterable<NamedFile>;

export type Intake =
  | { kind: 'directory'; handle: FileSystemDirectoryHandle }
  | { kind: 'files'; name: string; files: NamedFiles }
  | { kind: 'weights'; file: File }
  /** What train.py has written elsewhere. */
  | { kind: 'results'; files: NamedFiles }
  | { kind: 'nothing' };

/** Chromium's addition to `DataTransferItem`, missing from TypeScript's own types. */
interface HandleItem {
  getAsFileSystemHandle?(): Promise<FileSystemHandle | null>;
}

/** What stands in for the folder's name when several things were dropped. */
const NO_FOLDER = 'Dropped photos';

/** By its name: what programs call their weights. */
export const isWeightsFile = (name: string): boolean =>
  /\.(safetensors|pth|pt|ckpt|bin|pth\.tar|pkl|onnx)$/i.test(name);

/** A lone file that is no photo and no table: by its name, or by how safetensors and torch.save begin. */
async function holdsWeights(file: File): Promise<boolean> {
  if (isWeightsFile(file.name)) return true;
  const head = new Uint8Array(await file.slice(0, 16).arrayBuffer());
  const text = String.fromCharCode(...head);
  const isTorchZip = text.startsWith('PK') && !/\.zip$/i.test(file.name);
  const isPickle = head[0] === 0x80 && head[1]! >= 2 && head[1]! <= 5;
  return isTorchZip || isPickle || (text[8] === '{' && text[9] === '"');
}

/** Whether train.py has written there: by the name of what it writes. */
async function holdsResults(folder: FileSystemDirectoryEntry): Promise<boolean> {
  for await (const entries of entriesOf(folder)) {
    if (entries.some(({ name }) => name === RESULTS)) return true;
    // Folders of photos are large: what train.py writes is a dozen files.
    return false;
  }
  return false;
}

const RESULTS = 'records.jsonl';

/**
 * Must be called inside the drop event: the items are gone afterwards, so handles and entries of all of them are
 * asked for before the first await.
 */
export async function readDrop(transfer: DataTransfer): Promise<Intake> {
  const items = [...transfer.items].filter((item) => item.kind === 'file');
  const handleRequests = items.map((item) =>
    Promise.resolve((item as HandleItem).getAsFileSystemHandle?.() ?? null).catch(() => null),
  );
  const entries = items.map((item) => item.webkitGetAsEntry()).filter((entry) => entry !== null);
  const files = [...transfer.files];

  const [only] = files;
  const [handle] = await Promise.all(handleRequests);
  const isFolder = handle?.kind === 'directory' || entries[0]?.isDirectory === true;
  if (items.length === 1 && only && !isFolder && (await holdsWeights(only))) return { kind: 'weights', file: only };
  const [entry] = entries;
  const folder = entry && entries.length === 1 && isDirectory(entry) ? entry : null;
  if (folder && (await holdsResults(folder))) return { kind: 'results', files: filesUnder(folder, '') };
  if (items.length === 1 && handle?.kind === 'directory') {
    return { kind: 'directory', handle: handle as FileSystemDirectoryHandle };
  }
  if (folder) return { kind: 'files', name: folder.name, files: filesUnder(folder, '') };
  if (entries.length > 0) {
    const name = entries.length === 1 ? entries[0]!.name : NO_FOLDER;
    return { kind: 'files', name, files: filesOfEntries(entries, '') };
  }
  return files.length > 0 ? fromFileList(files) : { kind: 'nothing' };
}

/** Files of a folder input, or any list of files. */
export function fromFileList(files: Iterable<File> & { readonly length: number }): Intake {
  const [first] = files;
  if (!first) return { kind: 'nothing' };
  if (files.length === 1 && isWeightsFile(first.name)) return { kind: 'weights', file: first };
  const [folder, ...rest] = first.webkitRelativePath.split('/');
  return { kind: 'files', name: folder && rest.length > 0 ? folder : NO_FOLDER, files: namedFiles(files) };
}

function* namedFiles(files: Iterable<File>): Generator<NamedFile> {
  for (const file of files) {
    const path = file.webkitRelativePath;
    yield { path: path ? path.slice(path.indexOf('/') + 1) : file.name, file };
  }
}

async function* filesOfEntries(entries: readonly FileSystemEntry[], prefix: string): AsyncGenerator<NamedFile> {
  for (const entry of entries) {
    if (isDirectory(entry)) yield* filesUnder(entry, `${prefix}${entry.name}/`);
    else if (isFile(entry)) yield { path: prefix + entry.name, file: await fileOf(entry) };
  }
}

async function* filesUnder(directory: FileSystemDirectoryEntry, prefix: string): AsyncGenerator<NamedFile> {
  for await (const entries of entriesOf(directory)) yield* filesOfEntries(entries, prefix);
}

/** `readEntries` gives at most 100 entries a call in Chromium: it is called until it gives none. */
export async function* entriesOf(directory: FileSystemDirectoryEntry): AsyncGenerator<FileSystemEntry[]> {
  const reader = directory.createReader();
  for (;;) {
    const entries = await new Promise<FileSystemEntry[]>((resolve, reject) => reader.readEntries(resolve, reject));
    if (entries.length === 0) return;
    yield entries;
  }
}

/** Portions of `size`, so that a folder of 20,000 photos crosses to the worker in pieces. */
export async function* portionsOf<T>(items: AsyncIterable<T> | Iterable<T>, size: number): AsyncGenerator<T[]> {
  let portion: T[] = [];
  for await (const item of items) {
    portion.push(item);
    if (portion.length === size) {
      yield portion;
      portion = [];
    }
  }
  if (portion.length > 0) yield portion;
}

const isDirectory = (entry: FileSystemEntry): entry is FileSystemDirectoryEntry => entry.isDirectory;
const isFile = (entry: FileSystemEntry): entry is FileSystemFileEntry => entry.isFile;

function fileOf(entry: FileSystemFileEntry): Promise<File> {
  return new Promise((resolve, reject) => entry.file(resolve, reject));
}
