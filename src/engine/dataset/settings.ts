/** What a person can decide about how a folder is understood. All values are text, as a terminal or a form gives them. */
export const CHOICE_KEYS = [
  'labelsFrom',
  'tableFile',
  'imageColumn',
  'labelColumn',
  'splitColumn',
  'splitTrain',
  'splitValidation',
  'splitTest',
  'groupColumn',
  'classFolder',
  'classLevel',
  'photoFolder',
  'contradictions',
  'leaveOutClasses',
  'edits',
] as const;

export type ChoiceKey = (typeof CHOICE_KEYS)[number];

export type DatasetSettings = Readonly<Partial<Record<ChoiceKey, string>>>;

/** What each decides, and what it may be. */
export const CHOICE_HELP: Readonly<Record<ChoiceKey, string>> = {
  labelsFrom: 'where classes are taken from: table, folders or names',
  tableFile: 'the table of photos and classes; several with commas between, or none',
  imageColumn: 'its column that names the photo',
  labelColumn: 'its column of classes; several with commas between are read as one-hot',
  splitColumn:
    'its column of training, validation and test; none: a split of our own, whatever columns and folders say',
  splitTrain: 'values of that column, or folders, that train; several with commas between',
  splitValidation: 'those that validate',
  splitTest: 'those that are held out',
  groupColumn:
    'a column whose equal values belong together (a patient, a plant): on one side of our own split; or none',
  classFolder: 'the folder whose folders are the classes',
  classLevel: 'top: the uppermost folders that differ; deepest: the last folder of each photo',
  photoFolder: 'the folder that is meant where photos of several share a name',
  contradictions: 'rows that contradict each other: vote, first or leaveOut',
  leaveOutClasses: 'classes to go without; several with commas between',
  edits: 'changes to single photos, as JSON: {"path": {"leaveOut": true, "label": "a class", "split": "train"}}',
};

/** Those that are one of a few words. */
export const CHOICE_OPTIONS: Partial<Record<ChoiceKey, readonly string[]>> = {
  labelsFrom: ['table', 'folders', 'names'],
  classLevel: ['top', 'deepest'],
  contradictions: ['vote', 'first', 'leaveOut'],
};

export const NONE = 'none';

export const isChoiceKey = (key: string): key is ChoiceKey => (CHOICE_KEYS as readonly string[]).includes(key);

/** Entries of a list with commas between. */
export const listOf = (text: string | undefined): string[] =>
  (text ?? '')
    .split(',')
    .map((entry) => entry.trim())
    .filter((entry) => entry !== '');
