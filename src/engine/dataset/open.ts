/** Opens a folder: step 1 of the data's path. Names and tables in, samples out; no photo is decoded. */
import { withAdded } from './addedPhotos';
import { joinClassLists } from './classLists';
import { readColumns } from './columns';
import { classesOf } from './labels';
import { applyEdits, isEdited, parseEdits } from './edits';
import { findGroupsAcross } from './groupsAcross';
import { FIRST_LOOKS, foldersOf, listFolder, type Listing, strangerOf } from './listing';
import { labelsOfNames } from './nameLabels';
import { PhotoIndex } from './photoIndex';
import { refuseSettings } from './checkSettings';
import { listOf, NONE, type DatasetSettings } from './settings';
import { type Labelled, splitSamples } from './splits';
import type { SplitWord } from './splitWords';
import { readTables } from './tables';
import type {
  Choice,
  Dataset,
  DatasetWarning,
  FileSource,
  LabelledPhoto,
  Refusal,
  RefusalCode,
  Sample,
  Values,
} from './types';
import { understand } from './understand';
import type { Understood } from './understood';

export interface OpenOptions {
  /** Decides the validation photos where the folder does not. */
  seed: number;
  /** What a person has decided. */
  settings?: DatasetSettings;
  /** How many photos are looked into, whether they are photos. */
  looks?: number;
}

/**
 * A data set, or one with a refusal: why no run can start on it, or what has to be asked before.
 * @throws StudioError `bad-photo` if a table cannot be read.
 */
export async function openDataset(source: FileSource, options: OpenOptions): Promise<Dataset> {
  const { seed, settings = {}, looks = FIRST_LOOKS } = options;
  const listing = await listFolder(source, looks);
  const refused = refuseSettings(settings) ?? withStranger(strangerOf(listing), refuseListing(listing));
  if (refused) return empty(listing, settings, refused);
  const { understood, strangers } = await understandWithAdded(listing, settings);
  const { format, choices, groupName } = understood;
  const warnings: DatasetWarning[] = [];
  const photos = usable(listing, understood.photos, settings, warnings);
  const classes = classesOf(
    photos.map(({ label }) => label),
    understood.map,
  );
  const samples = withUniqueIds(withSplits(photos, understood, settings)).map((photo): Labelled => {
    return { ...photo, label: classes.indexOf(photo.label)! };
  });
  const split = splitSamples(samples, seed, groupName);
  const edits = parseEdits(settings.edits ?? '{}') ?? {};
  const { summary, ...mended } = applyEdits({ ...split, classes: classes.names }, edits);
  const { train, validation, test } = mended;
  const dataset = { name: source.name, classes: classes.names, train, validation, test };
  const across = groupName === null ? undefined : findGroupsAcross(mended, groupName);
  const used = train.length + validation.length + test.length;
  const refusal = withStranger(
    strangerAmong([...strangers, ...understood.warnings]) ?? strangerOf(listing),
    understood.refusal ??
      vanished(listing, understood.photos, photos) ??
      (split.drawn ? tooFew(dataset) : null) ??
      refusalOf(dataset, listing, understood),
  );
  return {
    ...dataset,
    format,
    warnings: [
      ...(source.warnings ?? []),
      ...(samples.length > 0 ? split.warnings : []),
      ...warnings,
      ...untrainedTest(dataset),
      ...unvalidated(dataset),
      ...(across?.warnings ?? []),
      ...strangers,
      ...understood.warnings,
    ],
    choices: [...choices, ...choicesOf(refusal)],
    settings,
    ...(isEdited(summary) && { edits: summary }),
    ...(across && { groupsAcross: across.found }),
    unused: listing.photos.length - used,
    refusal,
  };
}

/** As the folder would be without the photos that a person has added to a class, and with them. */
async function understandWithAdded(listing: Listing, settings: DatasetSettings) {
  const { said } = listing.source;
  const own = said && listing.photos.filter((path) => !said.has(path));
  if (said && own && own.length > 0 && own.length < listing.photos.length) {
    const { understood, strangers } = await understandListing({ ...listing, photos: own }, settings);
    if (!understood.refusal) return { understood: withAdded(understood, listing, said), strangers };
  }
  return understandListing(listing, settings);
}

async function understandListing(listing: Listing, settings: DatasetSettings) {
  const index = new PhotoIndex(listing.photos);
  const { tables: read, strangers } = await readTables(listing, index);
  const tables = joinClassLists(read, index);
  const readings = tables.map((table) => readColumns(table, index, settings));
  return { understood: await understand(listing, index, readings, settings), strangers };
}

function refuseListing({ photos, unreadable, source }: Listing): Refusal | null {
  const values = { name: source.name, files: source.paths.length };
  if (photos.length === 0) return { code: 'no-photos', values };
  if (photos.every((path) => unreadable.has(path)))
    return {
      code: 'unreadable-photos',
      values: { split: '', count: photos.length, ...examplesOf(photos, unreadable) },
    };
  return null;
}

function empty({ source, photos }: Listing, settings: DatasetSettings, refusal: Refusal): Dataset {
  const nothing = { classes: [], train: [], validation: [], test: [], choices: [] };
  return {
    name: source.name,
    ...nothing,
    format: `${photos.length} photos.`,
    warnings: source.warnings ?? [],
    settings,
    unused: photos.length,
    refusal,
  };
}

/** Without those that are no photos, and those of classes that a person leaves out; told of with the reason. */
function usable(
  { unreadable }: Listing,
  photos: readonly LabelledPhoto[],
  settings: DatasetSettings,
  warnings: DatasetWarning[],
): LabelledPhoto[] {
  for (const [path, kind] of unreadable) warnings.push({ code: 'not-a-photo', file: path, values: { kind } });
  const leftOut = new Set(listOf(settings.leaveOutClasses));
  for (const { path, label } of photos)
    if (leftOut.has(label)) warnings.push({ code: 'left-out-class', file: path, values: { label } });
  return photos.filter(({ path, label }) => !unreadable.has(path) && !leftOut.has(label));
}

/** A split that had photos and has none that can be read. */
function vanished(
  { unreadable }: Listing,
  before: readonly LabelledPhoto[],
  after: readonly LabelledPhoto[],
): Refusal | null {
  const left = new Set(after.map(({ split }) => split));
  const gone = before.filter(({ path, split }) => !left.has(split) && unreadable.has(path));
  if (gone.length === 0) return null;
  const paths = gone.map(({ path }) => path);
  return {
    code: 'unreadable-photos',
    values: { split: gone[0]!.split ?? '', count: gone.length, ...examplesOf(paths, unreadable) },
  };
}

function examplesOf(
  paths: readonly string[],
  unreadable: ReadonlyMap<string, string>,
): { kinds: string; example: string } {
  const kinds = new Set(paths.map((path) => unreadable.get(path)!));
  return { kinds: [...kinds].sort().join(', '), example: paths.slice(0, 3).join(', ') };
}

/** A lone split is none, unless a column says so; nor is one that a person goes without. */
function withSplits(
  photos: readonly LabelledPhoto[],
  { splitByColumn }: Understood,
  { splitColumn }: DatasetSettings,
): readonly LabelledPhoto[] {
  const roles = new Set(photos.flatMap(({ split }): SplitWord[] => (split === null ? [] : [split])));
  return splitColumn !== NONE && (splitByColumn || roles.size > 1)
    ? photos
    : photos.map((photo) => ({ ...photo, split: null }));
}

/** Paths in place of names where two photos would have the same. */
function withUniqueIds(photos: readonly LabelledPhoto[]): readonly LabelledPhoto[] {
  const isUnique = new Set(photos.map(({ imageId }) => imageId)).size === photos.length;
  return isUnique ? photos : photos.map((photo) => ({ ...photo, imageId: photo.path }));
}

type Splits = Pick<Dataset, 'classes' | 'train' | 'validation' | 'test'>;

/** What would do away with it. */
function choicesOf(refusal: Refusal | null): Choice[] {
  if (refusal?.code !== 'untrained-classes') return [];
  return [{ what: 'leaveOutClasses', chosen: null, others: [String(refusal.values['names'])] }];
}

/** What is called a table and is none, or holds boxes. */
function strangerAmong(warnings: readonly DatasetWarning[]): { file: string; kind: string } | undefined {
  const isStranger = ({ code, values }: DatasetWarning) =>
    code === 'boxes-left-out' ||
    (code === 'table-left-out' && /^(no-table|too-long|boxes)$/.test(String(values?.['reason'])));
  const found = warnings.find(isStranger);
  return found && { file: found.file!, kind: String(found.values?.['kind'] ?? 'boxes') };
}

/** Which refusals name a file beside the photos that may hold what is missed. */
const MISSING: Partial<Record<RefusalCode, (kind: string) => boolean>> = {
  'no-photos': () => true,
  'no-classes': () => true,
  'no-label-column': (kind) => kind !== 'json',
  'one-class': (kind) => kind !== 'json',
  'several-labels': (kind) => kind === 'boxes',
};

function withStranger(stranger: ReturnType<typeof strangerOf>, refusal: Refusal | null): Refusal | null {
  if (!refusal || !stranger || !MISSING[refusal.code]?.(stranger.kind)) return refusal;
  return { ...refusal, values: { ...refusal.values, strangerFile: stranger.file, strangerKind: stranger.kind } };
}

/** So few that a split of our own leaves a side empty. */
function tooFew({ train, validation }: Splits): Refusal | null {
  const count = train.length + validation.length;
  return count > 0 && (train.length === 0 || validation.length === 0) ? { code: 'too-few', values: { count } } : null;
}

function refusalOf(
  { classes, train, validation }: Splits,
  { photos }: Listing,
  { warnings, choices }: Understood,
): Refusal | null {
  if (train.length === 0)
    return { code: 'no-training', values: { validation: validation.length, ...splitSaid(choices) } };
  if (validation.length === 0)
    return { code: 'no-validation', values: { training: train.length, ...splitSaid(choices) } };
  const trained = new Set(train.map(({ label }) => label));
  if (trained.size < 2) {
    const aside = warnings.filter(({ code }) => code === 'not-a-class-folder').map(({ file = '' }) => foldersOf(file));
    const leftOut = [...new Set(aside.map((folders) => folders.at(-1)!))].slice(0, 5).join(', ');
    const others = [...new Set(untrained(trained, validation).map(({ label }) => classes[label]!))];
    const names = labelsOfNames(photos)?.classes ?? [];
    return {
      code: 'one-class',
      values: {
        name: classes[train[0]!.label]!,
        leftOut,
        untrained: others.slice(0, 5).join(', '),
        names: names.slice(0, 5).join(', '),
      },
    };
  }
  const strange = untrained(trained, validation);
  if (strange.length === 0) return null;
  const names = [...new Set(strange.map(({ label }) => classes[label]!))];
  return {
    code: 'untrained-classes',
    values: {
      names: names.join(', '),
      count: strange.length,
      trained: [...trained]
        .map((label) => classes[label]!)
        .sort()
        .slice(0, 8)
        .join(', '),
    },
  };
}

/** The column that a split is taken from, and what it says. */
function splitSaid(choices: readonly Choice[]): Values {
  const chosen = (key: string) => choices.find(({ what }) => what === key)?.chosen ?? '';
  const column = chosen('splitColumn');
  const values = ['splitTrain', 'splitValidation', 'splitTest'].map(chosen).filter((value) => value !== '');
  return column === '' || column === NONE ? {} : { splitColumn: column, splitValues: values.join(', ') };
}

const untrained = (trained: ReadonlySet<number>, samples: readonly Sample[]): Sample[] =>
  samples.filter(({ label }) => !trained.has(label));

/** Classes of which nothing will be known. */
function unvalidated({ classes, train, validation }: Splits): DatasetWarning[] {
  const strange = untrained(new Set(validation.map(({ label }) => label)), train);
  if (strange.length === 0 || validation.length === 0) return [];
  const names = [...new Set(strange.map(({ label }) => classes[label]!))];
  return [{ code: 'unvalidated', values: { names: names.join(', '), count: names.length } }];
}

/** Classes that can be measured but were never learnt. */
function untrainedTest({ classes, train, test }: Splits): DatasetWarning[] {
  const strange = untrained(new Set(train.map(({ label }) => label)), test);
  if (strange.length === 0) return [];
  const names = [...new Set(strange.map(({ label }) => classes[label]!))];
  return [{ code: 'untrained-test', values: { names: names.join(', '), count: strange.length } }];
}
