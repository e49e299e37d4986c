/** What was chosen about a folder, with its alternatives, as the page and the terminal show them. */
import type { ChosenTables } from './chooseTables';
import { type FolderReading, ROOT } from './classFolders';
import type { TableReading } from './columns';
import type { Listing } from './listing';
import { labelsOfNames } from './nameLabels';
import type { FoundPhotos } from './photoChoice';
import { NONE, type DatasetSettings } from './settings';
import type { Choice } from './types';

const SPLIT_KEYS = [
  ['splitTrain', 'train'],
  ['splitValidation', 'validation'],
  ['splitTest', 'test'],
] as const;

export type LabelSource = 'table' | 'folders' | 'names';

export function classChoices(
  {
    listing,
    folders,
    tables,
    readings,
    settings,
  }: {
    listing: Listing;
    folders: FolderReading;
    tables: ChosenTables;
    readings: readonly TableReading[];
    settings: DatasetSettings;
  },
  chosen: LabelSource | null,
): Choice[] {
  const classes = new Set([...folders.places.values()].map(({ label }) => label).filter((label) => label !== null));
  // One folder of photos is no answer, either.
  const isOpen = chosen === null || (chosen === 'folders' && classes.size < 2);
  const possible: LabelSource[] = [
    ...(tables.labels.length > 0 ? (['table'] as const) : []),
    ...(classes.size > 1 || folders.asked.length > 0 ? (['folders'] as const) : []),
    ...(chosen === 'names' || (isOpen && labelsOfNames(listing.photos)) ? (['names'] as const) : []),
  ];
  const others = possible.filter((each) => each !== chosen);
  const files = readings.filter(({ matches }) => matches > 0).map(({ file }) => file);
  const used = chosen === 'table' ? tables.labels.map(({ file }) => file) : [];
  const table = settings.tableFile ?? (chosen === 'table' && !tables.refusal ? used.join(', ') : NONE);
  const otherFiles = [
    ...files.filter((file) => !used.includes(file) || tables.refusal),
    ...(table === NONE ? [] : [NONE]),
  ];
  return [
    ...(chosen !== null || others.length > 0 ? [{ what: 'labelsFrom' as const, chosen, others }] : []),
    ...(files.length > 0
      ? [{ what: 'tableFile' as const, chosen: tables.refusal ? null : table, others: otherFiles }]
      : []),
  ];
}

/** Columns of the first table, and the folder of photos that share names. */
export function tableChoices(tables: ChosenTables, settings: DatasetSettings, found?: FoundPhotos): Choice[] {
  const [table] = tables.labels;
  if (!table) return [];
  const { names, image, labels, split, group } = table;
  const named = (columns: readonly number[]) => columns.map((column) => names[column]!);
  const without = (columns: readonly number[], chosen: readonly number[]) =>
    named(columns.filter((column) => !chosen.includes(column)));
  const optional = (
    what: 'splitColumn' | 'groupColumn',
    chosen: readonly number[],
    all: readonly number[],
  ): Choice[] => {
    if (all.length === 0 && chosen.length === 0) return [];
    const shown = chosen.length > 0 ? named(chosen).join(', ') : NONE;
    return [{ what, chosen: shown, others: [...without(all, chosen), ...(shown === NONE ? [] : [NONE])] }];
  };
  const folders = found && found.passed.size > 0 ? found : undefined;
  return [
    { what: 'imageColumn', chosen: names[image]!, others: without(table.imageColumns, [image]) },
    {
      what: 'labelColumn',
      chosen: labels.columns.length > 0 ? named(labels.columns).join(', ') : null,
      others: without([...new Set([...labels.asked, ...labels.candidates, ...table.groupColumns])], labels.columns),
    },
    ...optional('splitColumn', split?.columns ?? [], table.splitColumns),
    ...splitValueChoices(table, settings),
    ...optional('groupColumn', group >= 0 ? [group] : [], table.groupColumns),
    ...(folders
      ? [
          {
            what: 'photoFolder' as const,
            chosen: folders.taken.size === 1 ? [...folders.taken][0]! : null,
            others: [...folders.passed].filter((path) => folders.taken.size !== 1 || !folders.taken.has(path)).sort(),
          },
        ]
      : []),
  ];
}

/** Which values of the split column train, validate and are held out. */
function splitValueChoices({ split, rows }: TableReading, settings: DatasetSettings): Choice[] {
  if (!split || split.values.length === 0 || split.columns.length !== 1) return [];
  const [column] = split.columns as readonly [number];
  const wordOf = new Map(rows.map(({ cells }) => [cells[column] ?? '', split.of(cells)]));
  return SPLIT_KEYS.map(([what, word]) => {
    const values = split.values.filter((value) => wordOf.get(value) === word);
    return {
      what,
      chosen: settings[what] ?? values.join(', '),
      others: split.values.filter((value) => !values.includes(value)),
    };
  });
}

export function folderChoices(
  { splitFolders, deeper, asked, levels }: FolderReading,
  settings: DatasetSettings,
): Choice[] {
  const level = settings.classLevel ?? 'top';
  return [
    ...(asked.length > 0 ? [{ what: 'classFolder' as const, chosen: null, others: asked }] : []),
    ...(levels
      ? [
          { what: 'classLevel' as const, chosen: null, others: ['top', 'deepest'] },
          { what: 'classFolder' as const, chosen: ROOT, others: levels.paths },
        ]
      : []),
    ...(!levels && (deeper || settings.classLevel !== undefined)
      ? [{ what: 'classLevel' as const, chosen: level, others: ['top', 'deepest'].filter((each) => each !== level) }]
      : []),
    ...(splitFolders.size > 0
      ? SPLIT_KEYS.map(([what, word]) => {
          const names = [...splitFolders].filter((each) => each[1] === word).map(([name]) => name);
          const others = [...splitFolders.keys()].filter((name) => !names.includes(name));
          return { what, chosen: settings[what] ?? names.join(', '), others };
        })
      : []),
  ];
}
