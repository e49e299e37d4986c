/** A sentence for everything in a folder that training steps over; shown when it is asked for. */
import type { DatasetWarning } from '../engine/dataset/types';
import { at, textsOf } from './dataset';
import { formatBytes, formatCount, formatNoun } from './format';

export function warningText({ code, file = '', row, values = {} }: DatasetWarning): string {
  const v = textsOf(values);
  const place = row === undefined ? file : `${file}, line ${row}`;
  switch (code) {
    case 'missing-file':
      return `${place}: ${v('image') === '' ? 'the row names no photo' : `there is no photo "${v('image')}"`}.`;
    case 'file-in-no-row':
      return `${file} is in no row of ${v('table')}.`;
    case 'duplicate-row':
      return `${place}: ${v('image')} was already in line ${v('firstRow')}.`;
    case 'conflicting-row':
      return `${place}: ${v('image')} has another label in line ${v('firstRow')}; ${CONTRADICTION_RULES[v('rule')] ?? CONTRADICTION_RULES['vote']}.`;
    case 'conflicting-split':
      return `${place}: ${v('image')} has another split in line ${v('firstRow')}; ${v('rule') === 'leaveOut' ? 'the photo was left out' : 'that row was kept'}.`;
    case 'bad-label':
      return `${place}: ${v('label') === '' ? `${v('image')} has no label` : `"${v('label')}" is no class`}.`;
    case 'bad-split':
      return `${place}: "${v('split')}" is neither training, validation nor test.`;
    case 'split-column':
      return `${file}: the column "${v('column')}" was not used for a split, since its values do not say which photos train. If it is one, name it ${at('splitColumn')}, and say in the terminal which values train and validate (splitTrain, splitValidation).`;
    case 'similar-name':
      return `${place}: there is no photo "${v('image')}"; ${v('path')} was taken, whose name differs only in its ending, zeros or spelling.`;
    case 'not-a-photo':
      return `${file} was left out: it is no photo that browsers decode, but ${article(v('kind'))}.`;
    case 'unlabelled':
      return v('split') === ''
        ? `${file} was left out: it is in no class’s folder.`
        : `${file} was left out: it is in a folder of the ${v('split')} split, but in no class's folder there.`;
    case 'beside-splits':
      return `${file} was left out: it is in no folder for training, validation or test.`;
    case 'not-a-class-folder':
      return `${file} was left out: its folder is no class beside ${v('beside')}.`;
    case 'mask':
      return `${file} was left out: by its name it is a mask of ${v('photo')}.`;
    case 'untrained-test':
      return `${formatNoun(Number(v('count')), 'test photo is', 'test photos are')} of classes that no training photo shows: ${v('names')}.`;
    case 'unvalidated':
      return `No validation photo shows ${v('names')}: how well ${v('count') === '1' ? 'this class is' : 'these classes are'} recognised cannot be measured.`;
    case 'left-out-class':
      return `${file} was left out with its class "${v('label')}", as the settings say.`;
    case 'no-split':
      return `No split into training and validation photos was found: ${v('chosen')} of ${v('count')} photos (20 % of each class, drawn with seed ${v('seed')}) were set aside for validation.`;
    case 'fold':
      return v('column') === ''
        ? `The folders are folds (${v('folds')}): ${v('fold')} validates and the others train. Others are chosen ${at('splitValidation')}.`
        : `${file}: the column "${v('column')}" counts folds (${v('folds')}); fold ${v('fold')} validates and the others train. Another is chosen ${at('splitValidation')}.`;
    case 'groups':
      return `Photos of equal "${v('column')}" stay on one side of the split: ${v('groups')} groups.`;
    case 'group-across':
      return `Photos of ${v('column')} "${v('group')}" are in several splits: ${splitCounts(v)}. What is measured on should be new to the network; the folder is split anew, with groups together, ${at('splitColumn', 'none')}.`;
    case 'split-copy':
      return `${file} (${v('split')}) is the same file as ${v('same')} (${v('other')}): what is measured on was trained on.`;
    case 'added':
      return `${formatNoun(Number(v('count')), 'photo')} of "${v('label')}" ${v('count') === '1' ? 'was' : 'were'} added${v('split') === '' ? ' and split with the others' : ` to the ${ADDED_TO[v('split')]} photos`}.`;
    case 'several-labels':
      return `${file}: ${formatNoun(Number(v('count')), 'photo')} ${v('count') === '1' ? 'has' : 'have'} several labels, "${v('example')}" for one. Each combination is taken as a class of its own; this is a multi-label set.`;
    case 'boxes-left-out':
      return `${file}: its boxes are not used, only the classes that they name, since the network is shown whole photos.`;
    case 'class-case':
      return v('merged') === '1'
        ? `The classes ${v('names')} differ in upper and lower case, spaces or underscores alone and are taken as one.`
        : `The classes ${v('names')} differ in upper and lower case, spaces or underscores alone; they are taken as different ones.`;
    case 'class-copy':
      return `The class ${v('name')} looks like a copy of ${v('copied')}: they are taken as different ones.`;
    case 'train-class':
      return `The folder ${file} is taken for a class, as it stands among others that hold photos. If it is a split, say so in the terminal: splitTrain=${file}.`;
    case 'named-class':
      return `The folder ${file} is taken for a class, as it holds about as many photos as those beside it. If it is none, leave it out ${at('leaveOutClasses', v('name'))}.`;
    case 'photo-folder':
      if (row === undefined && v('taken') === v('passed'))
        return `${file}: photos of ${v('taken')} differ in their endings alone; the JPEGs were taken.`;
      return row === undefined
        ? `${file}: photos of several folders have the names in it; those in ${v('taken')} were taken, not those in ${v('passed')}.`
        : `${place}: several photos are named "${v('image')}", so that none was taken.`;
    case 'table-left-out':
      return `${file} was not used: ${leftOutReason(v)}.`;
    case 'folders-left-out':
      return `The folders ${v('names')} are not taken for classes: ${file} gives them. The folders are taken instead ${at('labelsFrom', 'folders')}.`;
    case 'table-text':
      return `${place}: ${v('message')}.`;
    case 'archive-left-out':
      return `${file} was not opened: ${v('reason')}.`;
    case 'encoding':
      return `${file} is not UTF-8; it was read as ${v('encoding')}.`;
    case 'bad-map':
      return `${file} was not used for class names: ${v('reason')}.`;
    default:
      return code satisfies never;
  }
}

/** "12 train, 3 validate, 2 are held out" */
function splitCounts(v: (key: string) => string): string {
  const parts = [
    [v('train'), 'train'],
    [v('validation'), 'validate'],
    [v('test'), 'are held out'],
  ] as const;
  return parts
    .filter(([count]) => count !== '0')
    .map(([count, what]) => `${count} ${what}`)
    .join(', ');
}

const ADDED_TO: Readonly<Record<string, string>> = { train: 'training', validation: 'validation', test: 'held-out' };

const CONTRADICTION_RULES: Readonly<Record<string, string>> = {
  vote: 'rows that contradict each other are put to a vote, the first counting where it is a draw',
  first: 'the first of rows that contradict each other was kept',
  leaveOut: 'photos whose rows contradict each other were left out',
};

function leftOutReason(v: (key: string) => string): string {
  switch (v('reason')) {
    case 'predictions':
      return 'it holds predictions';
    case 'submission':
      return 'it is an example of what to hand in, as its name or its one label says';
    case 'broken':
      return 'its quotes are broken, so that its rows name no photo';
    case 'no-rows':
      return 'it has no rows below its header';
    case 'foreign':
      return 'it names no photo of this folder';
    case 'no-label':
      return `it names photos, but none of its columns (${v('columns')}) gives their classes`;
    case 'boxes':
      return 'it holds boxes around things, as detectors have them, and no class of the photo';
    case 'same-photos':
      return `${v('taken')} was taken instead`;
    case 'too-long': {
      const rows = Number(v('rows')) > 0 ? `${formatCount(Number(v('rows')))} rows` : formatBytes(Number(v('bytes')));
      return `it holds ${rows}, and tables of up to ${formatCount(Number(v('mostRows')))} rows and ${formatBytes(Number(v('mostBytes')))} are read: leave only the rows of these photos in it`;
    }
    case 'no-table':
      return `it is ${article(v('kind'))}`;
    case 'asked-for-another':
      return 'the setting tableFile names another';
    case 'folders':
      return 'the folders give the classes';
    default:
      return 'it is about something else';
  }
}

/** Kinds are as `photoKinds.ts` names them. */
function article(kind: string): string {
  if (/^(unknown|text|sound)/.test(kind)) return `${kind} data`;
  return `${/^([aeio]|SVG)/i.test(kind) ? 'an' : 'a'} ${kind}`;
}
