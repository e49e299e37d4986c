/** Which of several photos of one name a row means: by where the table lies, by its split, by the folder that has them all. */
import { ROOT } from './classFolders';
import { isAside } from './folderNames';
import { foldersOf } from './listing';
import type { PhotoIndex } from './photoIndex';
import type { DatasetSettings } from './settings';
import { type SplitWord, splitWord } from './splitWords';

export interface WantedPhoto {
  cell: string;
  /** Of the row, as its table says. */
  split: SplitWord | null;
  /** Of the table. */
  folder: string;
  word: SplitWord | undefined;
}

export interface FoundPhotos {
  /** One a wanted photo; null: there is none; undefined: several fit as well. */
  paths: readonly (string | null | undefined)[];
  /** How many names were only like the photos'. */
  similar: readonly boolean[];
  /** Folders of photos of equal names: those taken, and those passed over that no row means. */
  taken: ReadonlySet<string>;
  passed: ReadonlySet<string>;
}

const NOTHING: readonly string[] = [];

/** A dot is the opened folder itself. */
const folderOf = (path: string): string => foldersOf(path).join('/') || ROOT;

export const splitOfPath = (path: string): SplitWord | undefined =>
  foldersOf(path)
    .map(splitWord)
    .find((word) => word !== undefined);

export function findPhotos(wanted: readonly WantedPhoto[], index: PhotoIndex, settings: DatasetSettings): FoundPhotos {
  const similar: boolean[] = [];
  const several = new Map<number, readonly string[]>();
  const candidates = wanted.map((each, i) => {
    const match = each.cell === '' ? undefined : index.findSimilar(each.cell);
    similar[i] = match?.similar ?? false;
    const beside = match && besideTable(match.paths, each);
    if (beside && beside.length > 1) several.set(i, beside);
    return match ? narrowed(match.paths, each, settings) : NOTHING;
  });
  const rowsOf = new Map<string, number>();
  if (candidates.some((paths) => paths.length > 1)) {
    for (const path of candidates.flat()) rowsOf.set(folderOf(path), (rowsOf.get(folderOf(path)) ?? 0) + 1);
  }
  const paths = candidates.map((left) => {
    if (left.length === 0) return null;
    return left.length === 1 ? left[0] : mostUsed(left, rowsOf);
  });
  const [taken, passed] = [new Set<string>(), new Set<string>()];
  const used = new Set(paths);
  for (const [i, among] of several) {
    const left = among.filter((path) => !used.has(path));
    for (const path of left) passed.add(folderOf(path));
    const path = paths[i];
    if (left.length > 0 && typeof path === 'string') taken.add(folderOf(path));
  }
  return { paths, similar, taken, passed };
}

/** A table speaks of the photos in its own folder, where there are some of the name: others are none that it could mean. */
function besideTable(paths: readonly string[], { folder }: WantedPhoto): readonly string[] {
  const own = folder === '' ? NOTHING : paths.filter((path) => path.startsWith(`${folder}/`));
  return own.length > 0 ? own : paths;
}

/** By what is known of the row alone. A test that leaves nothing is not asked. */
function narrowed(
  paths: readonly string[],
  { split, folder, word }: WantedPhoto,
  settings: DatasetSettings,
): readonly string[] {
  if (paths.length < 2) return paths;
  const { photoFolder } = settings;
  const wanted = split ?? word;
  const tests: ((path: string) => boolean)[] = [
    ...(photoFolder === undefined
      ? []
      : [(path: string) => (photoFolder === ROOT ? folderOf(path) === ROOT : path.startsWith(`${photoFolder}/`))]),
    ...(folder === '' ? [] : [(path: string) => path.startsWith(`${folder}/`)]),
    ...(wanted === undefined ? [] : [(path: string) => splitOfPath(path) === wanted]),
    // A list of photos with their classes is not of those that are to be predicted.
    (path: string) => splitOfPath(path) !== 'test' || wanted === 'test',
    (path: string) => !foldersOf(path).some(isAside),
    // Beside a JPEG, a PNG of the same name is its mask or another copy.
    ...(new Set(paths.map(folderOf)).size === 1 ? [(path: string) => /\.jpe?g$/i.test(path)] : []),
  ];
  return tests.reduce((left, test) => {
    const passing = left.filter(test);
    return passing.length > 0 ? passing : left;
  }, paths);
}

/** In the folder that most rows could mean; undefined where two are equal. */
function mostUsed(paths: readonly string[], rowsOf: ReadonlyMap<string, number>): string | undefined {
  const rows = paths.map((path) => rowsOf.get(folderOf(path))!);
  const most = Math.max(...rows);
  return rows.filter((count) => count === most).length === 1 ? paths[rows.indexOf(most)] : undefined;
}
