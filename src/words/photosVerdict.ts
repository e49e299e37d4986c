/** What a folder of photos is worth to train on, its problems the worst first. */
import { FEW_PHOTOS } from '../engine/analysis/learned';
import type { DatasetSummary, WarningCode } from '../engine/dataset/types';
import { NO_COPIES } from '../protocol/photos';
import { refusalSentence, WARNING_LABELS } from './dataset';
import { formatCount, formatNoun } from './format';
import { copiesSentence, groupsSentence } from './splitTroubles';
import { MOST_FACTS, type Verdict } from './verdictParts';

/** Problems with the data, the worst first. */
const SEVERITY: readonly WarningCode[] = [
  'missing-file',
  'not-a-photo',
  'conflicting-row',
  'conflicting-split',
  'bad-label',
  'bad-split',
  'unlabelled',
  'group-across',
  'photo-folder',
  'several-labels',
  'similar-name',
  'duplicate-row',
];

/** Those that are not listed come last. */
export function severityOf(code: WarningCode): number {
  const at = SEVERITY.indexOf(code);
  return at < 0 ? SEVERITY.length : at;
}

/** Kinds that take photos away from training or testing. */
const COSTLY: ReadonlySet<WarningCode> = new Set(['missing-file', 'not-a-photo', 'bad-label', 'bad-split']);
/** A share of listed photos that cannot be missing by accident. */
const MANY_MISSING = 0.01;

/** `copies`: as far as they have been looked for. */
export function photosVerdict(dataset: DatasetSummary, copies = NO_COPIES): Verdict {
  const { trainCount, validationCount, testCount, warningCounts, refusal } = dataset;
  const photos = trainCount + validationCount + testCount;
  const figure = formatCount(photos);
  const kinds = (Object.entries(warningCounts) as [WarningCode, number][])
    .filter(([, count]) => count > 0)
    .sort(([a], [b]) => severityOf(a) - severityOf(b));
  const facts = kinds.slice(0, MOST_FACTS).map(([kind, count]) => problemText(kind, count));
  if (refusal) {
    const sentence = refusalSentence(refusal);
    return { tone: 'bad', word: 'cannot train', figure, sentence, facts, next: 'openPhotos' };
  }
  const lost = kinds.filter(([kind]) => COSTLY.has(kind)).reduce((sum, [, count]) => sum + count, 0);
  const listed = photos + lost;
  const heldOut = testCount > 0 ? `, and ${formatNoun(testCount, 'held-out photo')},` : '';
  const sentence = `${formatNoun(trainCount, 'training photo')} and ${formatNoun(validationCount, 'validation photo')}${heldOut} in ${formatNoun(dataset.classes.length, 'class', 'classes')}.`;
  if (lost > 0 && lost >= MANY_MISSING * listed) {
    const missing = `${formatCount(lost)} of ${formatNoun(listed, 'listed photo')} cannot be used.`;
    return { tone: 'doubt', word: 'photos missing', figure, sentence: `${sentence} ${missing}`, facts, next: 'train' };
  }
  const known = [
    ...(dataset.groupsAcross ? [groupsSentence(dataset.groupsAcross)] : []),
    copiesSentence(copies),
  ].filter((one) => one !== null);
  if (known.length > 0) {
    const word = dataset.groupsAcross ? 'groups in two splits' : 'copies in two splits';
    return { tone: 'doubt', word, figure, sentence: [sentence, ...known].join(' '), facts, next: 'train' };
  }
  if (validationCount < FEW_PHOTOS) {
    const few = `${formatNoun(validationCount, 'validation photo is', 'validation photos are')} too few to tell networks apart.`;
    return {
      tone: 'doubt',
      word: 'few validation photos',
      figure,
      sentence: `${sentence} ${few}`,
      facts,
      next: 'train',
    };
  }
  return { tone: 'good', word: 'opened', figure, sentence, facts, next: 'train' };
}

/** In words of their own; the others by their label. */
const PROBLEMS: Partial<Record<WarningCode, (count: number) => string>> = {
  'missing-file': (count) => `${formatNoun(count, 'listed photo')} missing`,
  'not-a-photo': (count) => `${formatNoun(count, 'photo')} cannot be read`,
  'conflicting-row': (count) => formatNoun(count, 'row contradicts another', 'rows contradict another'),
  'bad-label': (count) => `${formatNoun(count, 'row')} without a usable label`,
  'bad-split': (count) => `${formatNoun(count, 'row')} without a usable split`,
  'duplicate-row': (count) => `${formatNoun(count, 'row')} said twice`,
  'group-across': (count) => `${formatNoun(count, 'group')} in several splits`,
  'file-in-no-row': (count) => `${formatNoun(count, 'photo')} in no row`,
  'no-split': () => 'the split is drawn by the studio',
};

function problemText(code: WarningCode, count: number): string {
  return PROBLEMS[code]?.(count) ?? `${WARNING_LABELS[code]}: ${formatCount(count)}`;
}
