/** A folder whose archives are folders, too: each is opened in place of itself, and those within it once more. */
import { toErrorData } from '../base/errors';
import type { DatasetWarning, FileSource } from '../dataset/types';
import { type ArchivedFile, strangeArchive } from './archivedFile';
import { gzipFiles, isTar, tarFiles } from './tar';
import { zipFiles } from './zip';

/** The last ones are not opened, but called by name. */
const ENDING = /\.(zip|tar|tar\.gz|tgz|gz|7z|rar|(tar\.)?(bz2|xz|zst)|tbz2?|txz)$/i;
/** An archive in an archive is opened; one in that is not. */
const MOST_NESTING = 2;
const HEAD_BYTES = 512;
/** What gzip packed is unpacked whole: of so much it may be the photos that lie beside it already. */
const MOST_BESIDE_BYTES = 256 * 2 ** 20;

/** Not `.pth.tar`, which is what some call their weights. */
export const isArchiveName = (path: string): boolean => ENDING.test(path) && !/\.(pth|pt)\.tar$/i.test(path);

/**
 * The source itself where it has none. Nothing is unpacked before it is read, but for what gzip packed.
 * @throws StudioError `bad-dataset` where nothing else is there and the only archive cannot be opened.
 */
export async function withArchives(source: FileSource): Promise<FileSource> {
  const found = source.paths.filter((path) => isArchiveName(path) && !isHidden(path));
  if (found.length === 0) return source;
  const [lone] = source.paths.length === 1 ? found : [];
  const opened = new Opened(source, partsAmong(found));
  for (const path of found) await opened.expand({ path, open: () => source.read(path) }, lone === path, 1);
  if (lone !== undefined && opened.failure) throw opened.failure;
  return { ...opened.toSource(), name: lone === undefined ? source.name : lone.replace(ENDING, '') };
}

interface Packed {
  path: string;
  open: () => Promise<Blob>;
}

class Opened {
  /** Why the last archive that could not be opened was not. */
  failure: unknown;
  /** By their places in the folder. */
  private readonly files = new Map<string, ArchivedFile>();
  private readonly warnings: DatasetWarning[] = [];
  private readonly known: Set<string>;
  private readonly hasPhotos: boolean;

  constructor(
    private readonly source: FileSource,
    private readonly parts: ReadonlySet<string>,
  ) {
    this.known = new Set(source.paths);
    this.hasPhotos = source.paths.some((path) => /\.(jpe?g|png|webp|bmp|tiff?)$/i.test(path));
  }

  /** `lone`: it is all there is, so that it needs no folder of its own. */
  async expand(archive: Packed, lone: boolean, nesting: number): Promise<void> {
    const { path } = archive;
    const leave = (reason: string) => this.warnings.push({ code: 'archive-left-out', file: path, values: { reason } });
    if (nesting > MOST_NESTING) {
      leave('it lies in an archive that lies in an archive');
      return;
    }
    try {
      const packed = await archive.open();
      if (packed.size > MOST_BESIDE_BYTES && /gz$/i.test(path) && this.hasPhotos) {
        leave('it would have to be unpacked as a whole, and there are photos beside it; open it alone');
        return;
      }
      const listed = await filesOf(packed, path);
      const prefix = prefixOf(path, listed, lone || this.joins(path, listed));
      const there = listed.filter((file) => this.known.has(prefix + file.path)).length;
      if (there * 2 > listed.length) {
        leave('what it holds lies beside it, unpacked');
        return;
      }
      for (const file of listed) {
        const place = prefix + file.path;
        if (isHidden(place) || this.known.has(place)) continue;
        if (!isArchiveName(place)) this.files.set(place, file);
        else await this.expand({ path: place, open: () => file.open() }, lone && listed.length === 1, nesting + 1);
      }
    } catch (error) {
      this.failure = error;
      leave(toErrorData(error).message.replace(/^.*? (cannot be|was not) opened: /, ''));
    }
  }

  /** Parts of one download are one folder, unless they hold files of the same name. */
  private joins(path: string, listed: readonly ArchivedFile[]): boolean {
    const folder = folderOf(path);
    return this.parts.has(path) && !listed.some((file) => this.files.has(folder + file.path));
  }

  toSource(): FileSource {
    const { files, source, warnings } = this;
    return {
      ...source,
      paths: [...source.paths, ...files.keys()],
      warnings: [...(source.warnings ?? []), ...warnings],
      read: (path) => files.get(path)?.open() ?? source.read(path),
      sizes: (paths, signal) => sizesIn(source, files, paths, signal),
      head: async (path, bytes) => {
        const file = files.get(path);
        if (file) return file.head(bytes);
        return new Uint8Array(await (await source.read(path)).slice(0, bytes).arrayBuffer());
      },
    };
  }
}

/** As the archive says, and as the folder around it does. */
async function sizesIn(
  source: FileSource,
  files: ReadonlyMap<string, ArchivedFile>,
  paths: readonly string[],
  signal: AbortSignal,
): Promise<readonly (number | null)[]> {
  const outside = paths.filter((path) => !files.has(path));
  const told = (await source.sizes?.(outside, signal)) ?? [];
  const sizes = new Map(outside.map((path, i) => [path, told[i] ?? null]));
  return paths.map((path) => files.get(path)?.size ?? sizes.get(path) ?? null);
}

/** By its first bytes, whatever it is called. */
async function filesOf(archive: Blob, path: string): Promise<ArchivedFile[]> {
  const head = new Uint8Array(await archive.slice(0, HEAD_BYTES).arrayBuffer());
  const stranger = strangeArchive(path, head);
  if (stranger) throw stranger;
  if (head[0] === 0x1f && head[1] === 0x8b) return gzipFiles(archive, path);
  return isTar(head) ? tarFiles(archive, path) : zipFiles(archive, path);
}

const folderOf = (path: string): string => path.slice(0, path.lastIndexOf('/') + 1);

/** What one download was cut into, as Google Drive and Takeout do: "drive-download-20240501T101112Z-001.zip", "…-002.zip". */
function partsAmong(archives: readonly string[]): ReadonlySet<string> {
  const stems = archives.map((path) => /^(.+)-\d{3}$/.exec(path.replace(ENDING, ''))?.[1]);
  return new Set(
    archives.filter((_, i) => stems[i] !== undefined && stems.filter((stem) => stem === stems[i]).length > 1),
  );
}

/** "train.zip" is a folder "train", unless it holds that folder itself. `lone`: it needs none of its own. */
function prefixOf(path: string, files: readonly ArchivedFile[], lone: boolean): string {
  const folder = folderOf(path);
  const stem = path.slice(folder.length).replace(ENDING, '');
  const tops = new Set(files.filter((file) => !isHidden(file.path)).map((file) => file.path.split('/')[0]!));
  const isItself = tops.size === 1 && (files.length === 1 || [...tops][0]!.toLowerCase() === stem.toLowerCase());
  return lone || isItself ? folder : `${folder}${stem}/`;
}

const isHidden = (path: string): boolean => path.split('/').some((part) => part.startsWith('.') || part === '__MACOSX');
