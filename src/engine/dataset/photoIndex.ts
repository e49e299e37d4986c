/** Finds the photos that a table's cell may mean: a path, a file name, or a name without extension. Constant time a look-up. */
import { fileName, stripPhotoExtension } from './listing';

export interface Match {
  /** Those that share the most trailing folders with the cell: the photo, or several of one name. */
  paths: readonly string[];
  /** The names are not the same, only alike: another ending, lost zeros, %20, an upload's prefix. */
  similar: boolean;
}

export class PhotoIndex {
  /** By file name and by file name without extension, in lower case and composed form. */
  private readonly byName = new Map<string, string[]>();
  private bySimilarName: Map<string, string[]> | undefined;

  constructor(private readonly photos: readonly string[]) {
    for (const path of photos) {
      const name = plainName(fileName(path));
      add(this.byName, name, path);
      const stem = stripPhotoExtension(name);
      if (stem !== name) add(this.byName, stem, path);
    }
  }

  /** How many photos there are. */
  get size(): number {
    return this.photos.length;
  }

  /** By the photo's own name. Folders in `cell` need not be the folder's own: "/kaggle/input/train/1.jpg" finds "train/1.jpg". */
  find(cell: string): Match | undefined {
    const wanted = cell.trim().replaceAll('\\', '/');
    return matchOf(this.byName.get(plainName(fileName(wanted))), wanted, false);
  }

  /** By a name that is like it, where no photo has the very name. */
  findSimilar(cell: string): Match | undefined {
    const known = this.find(cell);
    if (known) return known;
    this.bySimilarName ??= this.indexSimilar();
    // pandas writes numbers beside gaps with a point.
    const wanted = decoded(cell.trim().replaceAll('\\', '/')).replace(/^(\d+)\.0+$/, '$1');
    return matchOf(this.bySimilarName.get(similarName(fileName(wanted))), wanted, true);
  }

  private indexSimilar(): Map<string, string[]> {
    const index = new Map<string, string[]>();
    for (const path of this.photos) add(index, similarName(decoded(fileName(path))), path);
    return index;
  }
}

function matchOf(candidates: readonly string[] | undefined, wanted: string, similar: boolean): Match | undefined {
  if (!candidates) return undefined;
  if (candidates.length === 1) return { paths: candidates, similar };
  const scores = candidates.map((path) => sharedTail(path, wanted));
  const best = Math.max(...scores);
  return { paths: candidates.filter((_, i) => scores[i] === best), similar };
}

function add(index: Map<string, string[]>, name: string, path: string): void {
  const paths = index.get(name);
  if (paths) paths.push(path);
  else index.set(name, [path]);
}

/** macOS hands names on with accents as characters of their own. */
const plainName = (name: string): string => {
  const lower = name.toLowerCase();
  return /[^ -~]/.test(lower) ? lower.normalize('NFC') : lower;
};

/** Any photo's extension, and what uploads put before a name. */
const ANY_EXTENSION =
  /\.(jpe?g|jpe|jfif|pjpe?g|png|webp|avif|gif|bmp|tiff?|heic|heif|dcm|ppm|pgm|pnm|jp2|jxl|dng|cr2|nef|arw)$/i;
const UPLOAD_PREFIX = /^[0-9a-f]{8}-/;
/** What Roboflow and copying put behind or before a name. */
const COPY = /^copy of |(_(jpe?g|png|webp|bmp))?\.rf\.[0-9a-f]+$|( - copy)?( \(\d+\))?$/g;

/** Without what programs change about names: extension, zeros before a number, spaces for underscores, an upload's prefix. */
function similarName(name: string): string {
  return plainName(name.normalize('NFKC'))
    .replace(ANY_EXTENSION, '')
    .replace(UPLOAD_PREFIX, '')
    .replaceAll(COPY, '')
    .replaceAll(/[\s+_-]+/g, '_')
    .replaceAll(/0+(?=\d)/g, (zeros, at: number, all: string) => (/\d/.test(all[at - 1] ?? '') ? zeros : ''));
}

/** Without a URL's escapes and question. */
function decoded(text: string): string {
  const path = /^[a-z]+:\/\//i.test(text) ? text.replace(/[?#].*$/, '') : text;
  try {
    return decodeURIComponent(path);
  } catch {
    return path;
  }
}

/** How many folders, from the file up, are the same; names alike in case count half more. */
function sharedTail(path: string, wanted: string): number {
  const a = path.split('/').toReversed();
  const b = wanted.split('/').toReversed();
  let shared = 0;
  while (shared + 1 < Math.min(a.length, b.length) && plainName(a[shared + 1]!) === plainName(b[shared + 1]!)) shared++;
  return shared + (path.endsWith(wanted) ? 0.5 : 0);
}
