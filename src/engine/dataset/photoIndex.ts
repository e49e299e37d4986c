/** Finds the photo that a CSV's cell means: a path, a file name, or a name without extension. Constant time a look-up. */
import { fileName, stripPhotoExtension } from './listing';

export interface Match {
  path: string;
  /** Other photos would have fitted as well. */
  ambiguous: boolean;
}

export class PhotoIndex {
  /** By file name and by file name without extension, in lower case. */
  private readonly byName = new Map<string, string[]>();

  constructor(photos: readonly string[]) {
    for (const path of photos) {
      const name = fileName(path).toLowerCase();
      this.add(name, path);
      this.add(stripPhotoExtension(name), path);
    }
  }

  /**
   * Folders in `cell` need not be the folder's own ("/kaggle/input/train/1.jpg" finds "train/1.jpg"): of several files with
   * the name, the one that shares the most trailing folders is meant.
   */
  find(cell: string): Match | undefined {
    const wanted = cell.trim().replaceAll('\\', '/');
    const candidates = this.byName.get(fileName(wanted).toLowerCase());
    if (!candidates) return undefined;
    if (candidates.length === 1) return { path: candidates[0]!, ambiguous: false };
    const scores = candidates.map((path) => sharedTail(path, wanted));
    const best = Math.max(...scores);
    return { path: candidates[scores.indexOf(best)]!, ambiguous: scores.filter((score) => score === best).length > 1 };
  }

  private add(name: string, path: string): void {
    const paths = this.byName.get(name);
    if (paths) paths.push(path);
    else this.byName.set(name, [path]);
  }
}

/** How many folders, from the file up, are the same; names alike in case count half more. */
function sharedTail(path: string, wanted: string): number {
  const a = path.split('/').toReversed();
  const b = wanted.split('/').toReversed();
  let shared = 0;
  while (shared + 1 < Math.min(a.length, b.length) && a[shared + 1]!.toLowerCase() === b[shared + 1]!.toLowerCase())
    shared++;
  return shared + (path.endsWith(wanted) ? 0.5 : 0);
}
