/** Sentences about how a folder was understood: refusals with what to do about them, and choices; warnings are beside. */
import { StudioError } from '../engine/base/errors';
import type { ChoiceKey } from '../engine/dataset/settings';
import type { Refusal, Values, WarningCode } from '../engine/dataset/types';
import { DECODABLE_NAMES } from '../engine/photo/photoKinds';
import { formatCount, formatNoun } from './format';

/** Where a person decides it: on the page under its label, in the terminal with --set. */
export function at(key: ChoiceKey, ...values: string[]): string {
  return `under “${CHOICE_LABELS[key]}” (in the terminal: --set ${key}=${values.join('|') || '…'})`;
}

/** A few words for each kind of warning, to stand before its count. */
export const WARNING_LABELS: Record<WarningCode, string> = {
  'missing-file': 'missing files',
  'file-in-no-row': 'files in no row',
  'duplicate-row': 'repeated rows',
  'conflicting-row': 'contradicting rows',
  'conflicting-split': 'rows of two splits',
  'bad-label': 'labels that are no class',
  'bad-split': 'unclear splits',
  'split-column': 'columns of splits not used',
  'similar-name': 'names that differ',
  'not-a-photo': 'files that are no photos',
  unlabelled: 'photos without a class',
  'beside-splits': 'photos beside the splits',
  'not-a-class-folder': 'folders that are no class',
  mask: 'masks',
  'untrained-test': 'test classes never trained',
  unvalidated: 'classes without validation photos',
  'left-out-class': 'classes left out',
  'no-split': 'no split given',
  fold: 'folds',
  groups: 'groups',
  'group-across': 'groups in two splits',
  'split-copy': 'copies in two splits',
  added: 'added photos',
  'several-labels': 'several labels a photo',
  'boxes-left-out': 'boxes not used',
  'class-case': 'names in other case',
  'class-copy': 'folders that look like copies',
  'train-class': 'a class named like a split',
  'named-class': 'classes named like something else',
  'photo-folder': 'photos of one name',
  'table-left-out': 'tables left out',
  'folders-left-out': 'folders not taken for classes',
  'table-text': 'broken tables',
  'archive-left-out': 'archives not opened',
  encoding: 'encodings',
  'bad-map': 'class names not used',
};

export interface RefusalWords {
  text: string;
  hint: string;
}

export function refusalWords({ code, values }: Refusal): RefusalWords {
  const v = textsOf(values);
  switch (code) {
    case 'no-photos':
      if (v('files') === '0')
        return { text: `"${v('name')}" is empty: it holds no files.`, hint: 'Open the folder that holds the photos.' };
      return {
        text: `"${v('name')}" holds no photos, among ${formatNoun(Number(v('files')), 'file')}.`,
        hint: `Photos may be ${DECODABLE_NAMES}, whatever the files are called.${strangerHint(v)}`,
      };
    case 'unreadable-photos': {
      const photo = v('split') === '' ? 'photo' : `${v('split')} photo`;
      const all = v('count') === '1' ? `The only ${photo} is` : `All ${formatCount(Number(v('count')))} ${photo}s are`;
      return {
        text: `${all} of a kind that browsers cannot decode (${v('kinds')}): ${v('example')}${Number(v('count')) > 3 ? ', …' : ''}.`,
        hint: 'Save them as JPEG or PNG and open the folder again.',
      };
    }
    case 'no-classes':
      return {
        text: `Nothing tells the classes of the ${formatNoun(Number(v('count')), 'photo')}${v('splits') === '' ? '' : `: below ${v('splits')} there are no class folders`}.`,
        hint: `Put the photos into one folder for each class, or add a CSV with the columns image_id and label.${namesHint(v)}${strangerHint(v)}`,
      };
    case 'no-label-column':
      return {
        text: `${v('file')} names ${v('count')} of the photos, but none of its columns (${v('columns')}) gives their classes.`,
        hint: `Add a column named "label" with a number or a name for each photo, or choose another column ${at('labelColumn')}.${strangerHint(v)}`,
      };
    case 'which-label-column':
      return {
        text: `Several columns of ${v('file')} could be the label: ${v('columns')}.`,
        hint: `Which one gives the classes? Choose it ${at('labelColumn')}.`,
      };
    case 'which-table':
      return {
        text: `Several tables give the photos' classes, and they differ: ${v('tables')}.`,
        hint: `Which one is to be taken? Choose it ${at('tableFile')}.`,
      };
    case 'which-photos':
      return {
        text: `For ${formatNoun(Number(v('count')), 'row')} of ${v('file')} several photos have the name, in ${v('folders')}.`,
        hint: `Which folder is meant? Choose it ${at('photoFolder')}.`,
      };
    case 'which-folder':
      return {
        text: `It is not clear which folder holds the class folders: ${v('folders')} (a dot is the opened folder itself).`,
        hint: `Choose it ${at('classFolder')}, or open that folder alone.`,
      };
    case 'which-level':
      return {
        text: `Two levels of folders could be the classes: ${v('top')}, or ${v('deepest')} inside them.`,
        hint: `Choose the upper or the lower ones ${at('classLevel', 'top', 'deepest')}, or take those in one folder alone ${at('classFolder', v('example'))}. If the upper ones are splits, say in the terminal which train and which validate (splitTrain, splitValidation).`,
      };
    case 'foreign-table':
      return {
        text: `${v('file')} lists ${v('rows')} photos in its column "${v('column')}", but none of them is in the folder: "${v('example')}" for one, while the folder has "${v('photo')}".`,
        hint: 'Choose the folder that holds both the table and the photos; without the table, folders are taken for classes.',
      };
    case 'several-labels':
      return {
        text: `Most photos of ${v('file')} have several labels, "${v('example')}" for one: ${v('classes')} combinations are too many to be classes.`,
        hint: `The studio trains one class a photo: choose another column ${at('labelColumn')}, or a table with one label a row.${strangerHint(v)}`,
      };
    case 'unshared-labels':
      return {
        text: `The column "${v('column')}" of ${v('file')} says ${v('classes')} different things of ${v('count')} photos, "${v('example')}" of one: a class is what several photos share.`,
        hint: `If it is a measure, add a column with ranges of it (low, middle, high).${v('others') === '' ? '' : ` Or choose another column ${at('labelColumn')}: ${v('others')}.`}`,
      };
    case 'several-flags':
      return {
        text: `Photos have several labels, or none: rows of ${v('file')} have ones in several of the columns ${v('columns')}, or in none.`,
        hint: `The studio trains one class a photo. Choose one column ${at('labelColumn')} to tell with from without; several with commas between, in the terminal, make each combination a class.`,
      };
    case 'no-training':
      return {
        text: `There are no training photos${splitSaid(v)}.`,
        hint: `Say which values or folders train ${at('splitTrain')}, or go without the split ${at('splitColumn', 'none')}.`,
      };
    case 'no-validation':
      return {
        text: `There are no validation photos${splitSaid(v)}.`,
        hint: `Say which values or folders validate ${at('splitValidation')}, or go without the split ${at('splitColumn', 'none')}, so that 20 % are drawn.`,
      };
    case 'too-few':
      return {
        text: `${formatNoun(Number(v('count')), 'photo')} cannot be split into training and validation photos: no class has two.`,
        hint: 'Add photos: some tens of each class are the least to learn from.',
      };
    case 'one-class':
      return {
        text: `All training photos are of one class, "${v('name')}"; there is nothing to tell apart.${v('untrained') === '' ? '' : ` Photos of ${v('untrained')} are in the validation part alone.`}${v('leftOut') === '' ? '' : ` Left out were the folders ${v('leftOut')}.`}`,
        hint: `${v('untrained') === '' ? 'Open the folder that holds all class folders, or add a CSV with the columns image_id and label.' : `Put photos of each class into the training part, or draw a split of your own ${at('splitColumn', 'none')}.`}${namesHint(v)}${v('leftOut') === '' ? '' : ` If those left out are classes, too, name the folder that holds them ${at('classFolder')}; a dot is the opened folder.`}${strangerHint(v)}`,
      };
    case 'untrained-classes':
      return {
        text: `${formatNoun(Number(v('count')), 'validation photo is', 'validation photos are')} of classes that no training photo shows: ${v('names')}. Trained are ${v('trained')}.`,
        hint: `Name the classes alike in both splits, or leave those out ${at('leaveOutClasses', v('names').replaceAll(', ', ','))}.`,
      };
    case 'both-splits':
      return {
        text: `${formatNoun(Number(v('count')), 'photo stands', 'photos stand')} in two splits, ${v('example')} for one.`,
        hint: `A photo that trains cannot validate: take out one of its rows, or choose ${at('contradictions', 'first', 'leaveOut')} to go by the first row or without the photo.`,
      };
    case 'bad-setting':
      return {
        text: v('unknown') === '' ? `${v('key')} cannot be "${v('value')}".` : `Unknown setting ${v('key')}.`,
        hint: v('options') === '' ? 'There is nothing of that name here.' : `It must be one of ${v('options')}.`,
      };
    default:
      return code satisfies never;
  }
}

/** By whom the split is, where a column says it. */
const splitSaid = (v: (key: string) => string): string =>
  v('splitColumn') === '' ? '' : ` by the column “${v('splitColumn')}” (${v('splitValues')})`;

/** Classes that the photos' own names may give. */
function namesHint(v: (key: string) => string): string {
  return v('names') === ''
    ? ''
    : ` By their file names the photos are of ${v('names')}: if those are the classes, take them ${at('labelsFrom', 'names')}.`;
}

/** What to do with a file that may hold what is missed. */
const STRANGERS: readonly [kinds: RegExp, advice: string][] = [
  [/^(xlsx?|ods)$/, 'is a spreadsheet: save it as CSV, and it is read'],
  [/^Git LFS/, 'is a Git LFS pointer: get the file itself with “git lfs pull”'],
  [/^web page/, 'is a web page in place of the table: download it again, signed in where that is needed'],
  [/^long$/, 'is too long to be read: leave only the rows of these photos in it'],
  [/^mat$/, 'is a MATLAB file, which is not read: write what it says of the photos as CSV'],
  [/^json$/, 'is JSON of a form that is not read: write a CSV of photos and labels'],
  [
    /^csv$/,
    'is all there is: if it lists photos, open a folder that holds both; if it holds them as numbers, a pixel a cell, write them as files, PNG for one',
  ],
  [/^xml$/, 'is XML, which is not read: write a CSV of photos and labels'],
  [
    /^(npy|npz|pkl|pickle|h5|hdf5|tfrecords?|arrow|batch|.*ubyte)$/,
    'may hold photos as numbers: write them as files, PNG for one',
  ],
  [/^(7z|rar|bz2|xz|zst)$/, 'is an archive of a kind that is not read: unpack it, or make a .zip of it'],
  [
    /^boxes$/,
    'holds boxes around things, as detectors have them: export the set for classification, as class folders, or cut the boxes out',
  ],
  [/^(safetensors|pth|pt|ckpt|onnx)$/, 'holds weights: it is opened alone, not as photos'],
  [/^(mp4|mov|avi)$/, 'is a film: save single pictures of it'],
];

function strangerHint(v: (key: string) => string): string {
  const advice = STRANGERS.find(([kinds]) => kinds.test(v('strangerKind')))?.[1];
  return advice === undefined ? '' : ` ${v('strangerFile')} ${advice}.`;
}

/** A refusal to throw where a run is asked for all the same. */
export function refusalError(refusal: Refusal): StudioError {
  const { text, hint } = refusalWords(refusal);
  return new StudioError('bad-dataset', text, hint);
}

/** Text and hint in one. */
/** Where why is told elsewhere. */
export const REFUSED = 'No run can start on these photos yet.';

export function refusalSentence(refusal: Refusal): string {
  const { text, hint } = refusalWords(refusal);
  return `${text} ${hint}`;
}

/** What a choice is about. */
export const CHOICE_LABELS: Record<ChoiceKey, string> = {
  labelsFrom: 'Classes from',
  tableFile: 'Table',
  imageColumn: 'Column of photos',
  labelColumn: 'Column of classes',
  splitColumn: 'Column of splits',
  splitTrain: 'Trains',
  splitValidation: 'Validates',
  splitTest: 'Held out',
  groupColumn: 'Groups kept together',
  classFolder: 'Folder of class folders',
  classLevel: 'Class folders',
  photoFolder: 'Folder of photos',
  contradictions: 'Rows that contradict',
  leaveOutClasses: 'Classes left out',
  edits: 'Changes to photos',
};

export const textsOf = (values: Values) => (key: string) => String(values[key] ?? '');
