/** Folders with photos somewhere below, as a tree. */
import { foldersOf } from './listing';

export interface Folder {
  name: string;
  path: string;
  /** Directly inside. */
  photos: string[];
  /** With photos somewhere below. */
  folders: Folder[];
}

/** A folder that holds folders of all the others' names: the same once more, as some archives have it. */
export function copyAmong(folders: readonly Folder[]): Folder | undefined {
  return folders.find((each) => {
    const others = folders.filter((other) => other !== each);
    const inside = new Set(each.folders.map(({ name }) => name));
    return others.length > 1 && each.photos.length === 0 && others.every(({ name }) => inside.has(name));
  });
}

/** Without folders that hold but one: "amazon/images", "Original Images/Original Images". */
export function unwrapped(folder: Folder): Folder {
  const [only] = folder.folders;
  return only && folder.folders.length === 1 && folder.photos.length === 0 ? unwrapped(only) : folder;
}

export const hasFolders = ({ folders }: Folder): boolean => folders.length > 0;

export function below(folder: Folder): string[] {
  return [...folder.photos, ...folder.folders.flatMap(below)];
}

/** The tree below the folder of that path. */
export function folderOf(photos: readonly string[], names: readonly string[]): Folder {
  const root: Folder = { name: names.at(-1) ?? '', path: names.join('/'), photos: [], folders: [] };
  const known = new Map<string, Folder>([[root.path, root]]);
  const open = (names: readonly string[]): Folder => {
    const path = names.join('/');
    const found = known.get(path);
    if (found) return found;
    const folder: Folder = { name: names.at(-1)!, path, photos: [], folders: [] };
    known.set(path, folder);
    open(names.slice(0, -1)).folders.push(folder);
    return folder;
  };
  for (const path of photos) open(foldersOf(path)).photos.push(path);
  return root;
}
