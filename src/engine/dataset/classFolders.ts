/**
 * Classes by folders, with or without train/ and val/ above or below them. What a folder is follows from its name and from
 * what stands beside it: a split, a class, a wrapper around them, or something else that is left out by name.
 */
import { FOLD, isAside, isPerhapsClass, masksOf, partsOfOne, WRAPPER, wordsAmong } from './folderNames';
import { below, copyAmong, type Folder, folderOf, hasFolders, unwrapped } from './folderTree';
import { foldersOf } from './listing';
import type { DatasetSettings } from './settings';
import { splitsAlike, type SplitWord, splitWordsOf } from './splitWords';
import type { DatasetWarning } from './types';

export interface Place {
  /** Null: in no class's folder. */
  label: string | null;
  split: SplitWord | null;
  /** The folder of its own cross-validation that it is in. */
  fold?: string;
}

export interface FolderReading {
  /** Of every photo that is not left out. */
  places: ReadonlyMap<string, Place>;
  /** Photos that lie where neither classes nor splits are. */
  warnings: readonly DatasetWarning[];
  /** Folders that mean a split, as they are called. */
  splitFolders: ReadonlyMap<string, SplitWord>;
  /** Which of two folders holds the classes has to be asked. */
  asked: readonly string[];
  /** Whether classes have folders of their own below them. */
  deeper: boolean;
  /** Folders at two levels of which either could be the classes, which has to be asked; null: it is clear. */
  levels: { top: readonly string[]; paths: readonly string[]; deepest: readonly string[] } | null;
}

/** The opened folder itself, as a setting names it. */
export const ROOT = '.';

export function readFolders(photos: readonly string[], settings: DatasetSettings): FolderReading {
  const reader = new Reader(settings);
  const { classFolder = ROOT } = settings;
  const isInside = (path: string) => classFolder === ROOT || path.startsWith(`${classFolder}/`);
  for (const path of photos) if (!isInside(path)) reader.aside(path, classFolder);
  const masked = masksOf(photos);
  for (const [path, photo] of masked) reader.mask(path, photo);
  reader.read(
    folderOf(
      photos.filter((path) => isInside(path) && !masked.has(path)),
      classFolder === ROOT ? [] : classFolder.split('/'),
    ),
  );
  return reader;
}

class Reader implements FolderReading {
  readonly places = new Map<string, Place>();
  readonly warnings: DatasetWarning[] = [];
  readonly splitFolders = new Map<string, SplitWord>();
  readonly asked: string[] = [];
  deeper = false;
  levels: FolderReading['levels'] = null;
  /** Whether a lone folder under a split is a wrapper rather than the only class there. */
  private loneWraps = true;
  /** Names that mean a split beside others like them. */
  private readonly alike = new Map<string, SplitWord>();
  private readonly plainWordOf: (text: string) => SplitWord | undefined;

  constructor(private readonly settings: DatasetSettings) {
    this.plainWordOf = splitWordsOf(settings);
  }

  private wordOf(name: string): SplitWord | undefined {
    return this.plainWordOf(name) ?? this.alike.get(name);
  }

  read(folder: Folder, split: SplitWord | null = null): void {
    if (folder.folders.length === 0) {
      this.flat(folder, split);
      return;
    }
    const splits = this.splitsAmong(folder);
    if (splits.length === 0) this.readClasses(folder, split);
    else if (split === null) this.readSplits(folder, splits);
    else this.readSplitsWithin(folder, splits, split);
  }

  mask(path: string, photo: string): void {
    this.warnings.push({ code: 'mask', file: path, values: { photo } });
  }

  aside(path: string, beside: string): void {
    this.warnings.push({ code: 'not-a-class-folder', file: path, values: { beside } });
  }

  /** By its name, unless what it holds speaks for a class, which is told. */
  private liesAside(folder: Folder, neighbours: readonly Folder[]): boolean {
    return isAside(folder.name) && !isPerhapsClass(folder, neighbours);
  }

  /** Photos with no class of their own: a table may know them. */
  private flat({ photos }: Folder, split: SplitWord | null): void {
    for (const path of photos) this.places.set(path, { label: null, split });
  }

  /** Folders that mean splits here. "train" alone among others that hold photos is a class of trains. */
  private splitsAmong({ folders }: Folder): Folder[] {
    const { splitTrain, splitValidation, splitTest } = this.settings;
    if ((splitTrain ?? splitValidation ?? splitTest) === undefined)
      for (const [name, word] of splitsAlike(folders.map(({ name }) => name))) this.alike.set(name, word);
    const named = folders.filter(({ name }) => this.wordOf(name) !== undefined);
    if (named.length === 0) return [];
    const roles = new Set(named.map(({ name }) => this.wordOf(name)));
    const others = folders.filter(
      (each) => !named.includes(each) && !WRAPPER.test(each.name) && !this.liesAside(each, folders),
    );
    const areFlat = others.length > 0 && others.every((each) => each.folders.length === 0);
    if (roles.size === 1 && roles.has('train') && areFlat && named.every((each) => each.folders.length === 0)) {
      for (const { path } of named) this.warnings.push({ code: 'train-class', file: path });
      return [];
    }
    return named;
  }

  private readSplits(folder: Folder, splits: readonly Folder[]): void {
    const trains = splits.some(({ name }) => this.wordOf(name) === 'train');
    const others = folder.folders.filter((each) => !splits.includes(each));
    this.loneWraps = splits.every(({ folders }) => folders.length < 2);
    for (const each of splits) {
      const word = this.wordOf(each.name)!;
      this.splitFolders.set(each.name, word);
      this.read(each, word);
      if (word !== 'test' && FOLD.test(each.name)) this.inFold(each);
    }
    this.loneWraps = true;
    // Class folders beside a test folder are what trains.
    const classes = trains ? [] : others.filter((each) => !this.liesAside(each, others));
    if (classes.length > 0) this.readClasses({ ...folder, folders: classes }, splits.some(hasFolders) ? 'train' : null);
    else this.leave(folder.photos, 'beside-splits');
    for (const each of others) if (!classes.includes(each)) this.leave(below(each), 'beside-splits');
  }

  /** training_set/training_set: one inside the other is the same; another split's is left out. */
  private readSplitsWithin(folder: Folder, splits: readonly Folder[], split: SplitWord): void {
    const others = folder.folders.filter((each) => !splits.includes(each));
    for (const each of splits) {
      if (this.wordOf(each.name) === split) this.read(each, split);
      else this.leave(below(each), 'beside-splits');
    }
    if (others.length > 0) this.readClasses({ ...folder, folders: others }, split);
    else this.flat(folder, split);
  }

  private readClasses(folder: Folder, split: SplitWord | null): void {
    const { folders } = folder;
    const { classFolder } = this.settings;
    // What a person calls the folder of class folders holds nothing else.
    const isTold = classFolder !== undefined && folder.path === (classFolder === ROOT ? '' : classFolder);
    const aside = isTold ? [] : folders.filter((each) => this.liesAside(each, folders));
    const parts = isTold ? folders.slice(0, 0) : partsOfOne(folders.filter((each) => !aside.includes(each)));
    const wrappers = folders.filter(
      (each) => !isTold && !aside.includes(each) && (WRAPPER.test(each.name) || parts.includes(each)),
    );
    const named = folders.filter((each) => !aside.includes(each) && !wrappers.includes(each));
    const copy = isTold ? undefined : copyAmong(named);
    if (copy) aside.push(copy);
    const plain = named.filter((each) => each !== copy);
    const inner = this.wrapperOf({ aside, wrappers, plain });
    if (inner === 'asked') {
      this.asked.push(...[folder, ...folder.folders.filter(hasFolders)].map(({ path }) => path || ROOT));
      return;
    }
    if (inner) {
      const rest = folders.filter((each) => !inner.includes(each));
      for (const each of rest)
        for (const path of below(each)) this.aside(path, inner.map(({ name }) => name).join(', '));
      this.flat(folder, split);
      if (split === null && inner.length > 1 && inner.every(({ name }) => FOLD.test(name))) this.readFolds(inner);
      else for (const each of inner) this.read(each, split);
      return;
    }
    const classes = plain.length > 0 ? plain : folders;
    const splitsBelow = split === null && this.splitsBelow(classes);
    if (!splitsBelow) this.askForLevel(classes);
    const beside = classes
      .slice(0, 3)
      .map(({ name }) => name)
      .join(', ');
    this.flat(folder, split);
    for (const each of folders) {
      if (classes.includes(each) && isAside(each.name) && !isTold)
        this.warnings.push({ code: 'named-class', file: each.path, values: { name: each.name } });
      if (classes.includes(each)) this.readClass(each, split, splitsBelow);
      else for (const path of below(each)) this.aside(path, beside);
    }
  }

  /** The fold of the lowest number validates, unless a person has said otherwise. */
  private readFolds(folds: readonly Folder[]): void {
    const numbered = folds.map((folder) => ({ folder, number: Number(/\d+/.exec(folder.name)![0]) }));
    numbered.sort((a, b) => a.number - b.number);
    const names = numbered.map(({ folder }) => folder.name);
    this.warnings.push({ code: 'fold', values: { fold: names[0]!, folds: names.join(', ') } });
    numbered.forEach(({ folder }, i) => {
      const word = i === 0 ? 'validation' : 'train';
      this.splitFolders.set(folder.name, word);
      this.read(folder, word);
      this.inFold(folder);
    });
  }

  private inFold(folder: Folder): void {
    for (const path of below(folder)) {
      const place = this.places.get(path);
      if (place) this.places.set(path, { ...place, fold: folder.name });
    }
  }

  /**
   * Where each folder holds folders, of the same names or of several, either may be the classes: years, cameras and variants
   * of photos, families of species.
   */
  private askForLevel(classes: readonly Folder[]): void {
    const { classFolder, classLevel } = this.settings;
    if (classes.length < 2 || classFolder !== undefined || classLevel !== undefined) return;
    const inner = classes.map((each) => this.namesInside(each));
    const shared = inner[0]!.filter((name) => inner.every((names) => names.includes(name)));
    const all = new Set(inner.flat());
    const areShared = shared.length > 1 && shared.length * 2 >= all.size;
    const areSeveral = classes.every(
      (each, i) => wordsAmong(inner[i]!, each.name) > 1 && unwrapped(each).photos.length === 0,
    );
    if (areShared || areSeveral)
      this.levels = {
        top: classes.map(({ name }) => name),
        paths: classes.map(({ path }) => path),
        deepest: areShared ? shared : [...all],
      };
  }

  /** What may be classes inside a folder, or inside its splits. */
  private namesInside(folder: Folder): string[] {
    const { folders } = unwrapped(folder);
    const splits = folders.filter(({ name }) => this.wordOf(name) !== undefined);
    if (splits.length > 0) return [...new Set(splits.flatMap((each) => this.namesInside(each)))];
    return folders.map(({ name }) => name).filter((name) => !WRAPPER.test(name) && !isAside(name));
  }

  /** The folders to go down into; undefined: the folders here are the classes. */
  private wrapperOf({
    aside,
    wrappers,
    plain,
  }: {
    aside: Folder[];
    wrappers: Folder[];
    plain: Folder[];
  }): Folder[] | 'asked' | undefined {
    if (plain.length === 0) {
      if (wrappers.length > 0) return wrappers;
      return aside.length === 1 ? aside : undefined;
    }
    const nested = wrappers.filter(({ folders }) => folders.length > 1);
    if (nested.length > 0 && plain.every((each) => !hasFolders(each))) return nested;
    const [only] = plain;
    // A lone folder that holds folders is a wrapper, not a class; one beside a folder of photos holds their masks or the like.
    if (only && plain.length === 1) {
      if (wrappers.length > 0 && !hasFolders(only)) return wrappers;
      if (wrappers.length === 0 && hasFolders(only) && this.loneWraps) return [only];
    }
    const holdsFolders = (each: Folder) => unwrapped(each).folders.length > 1;
    const apart = plain.filter((each) => holdsFolders(each) && each.photos.length === 0);
    const flat = plain.filter((each) => !hasFolders(unwrapped(each)));
    const told = this.settings.classFolder !== undefined || this.settings.classLevel !== undefined;
    if (apart.length === 1 && flat.length === 1 && plain.length === 2 && !told) return 'asked';
    return undefined;
  }

  /** Whether below most of the classes there are folders of splits alone: CLASS/train, CLASS/test. */
  private splitsBelow(classes: readonly Folder[]): boolean {
    const split = classes.filter(
      ({ folders }) => folders.length > 0 && folders.every(({ name }) => this.wordOf(name) !== undefined),
    );
    const roles = new Set(split.flatMap(({ folders }) => folders.map(({ name }) => this.wordOf(name))));
    return roles.has('train') && split.length * 2 > classes.length;
  }

  private readClass(folder: Folder, split: SplitWord | null, splitsBelow: boolean): void {
    const label = folder.name.normalize('NFC').trim();
    if (splitsBelow) {
      for (const each of folder.folders) {
        const word = this.wordOf(each.name);
        if (word === undefined) this.leave(below(each), 'beside-splits');
        else {
          this.splitFolders.set(each.name, word);
          for (const path of below(each)) this.places.set(path, { label, split: word });
        }
      }
      this.leave(folder.photos, 'beside-splits');
      return;
    }
    if (folder.folders.length > 1) this.deeper = true;
    const deepest = this.settings.classLevel === 'deepest';
    const masks = folder.folders.filter(({ name }) => isAside(name));
    const kept = masks.length < folder.folders.length || folder.photos.length > 0;
    if (kept) for (const each of masks) for (const path of below(each)) this.aside(path, label);
    const inside = kept ? { ...folder, folders: folder.folders.filter((each) => !masks.includes(each)) } : folder;
    for (const path of below(inside)) {
      const last = foldersOf(path).at(-1)!.normalize('NFC').trim();
      this.places.set(path, { label: deepest ? last : label, split });
    }
  }

  private leave(paths: readonly string[], code: 'beside-splits'): void {
    for (const path of paths) this.warnings.push({ code, file: path });
  }
}
