/** What verdicts are made of, and facts that several of them state. */
import { FEW_PHOTOS, type Learned } from '../engine/analysis/learned';
import { SELECTION_NAMES } from '../engine/analysis/score';
import { testName } from '../engine/analysis/sizeChoice';
import { wilsonInterval } from '../engine/analysis/wilson';
import type { PairedChange, Score } from '../engine/base/records';
import type { DatasetSummary } from '../engine/dataset/types';
import type { RunResult } from '../protocol/results';
import {
  formatAccuracy,
  formatCount,
  formatInterval,
  formatNoun,
  formatPoints,
  formatProbability,
  formatSigned,
} from './format';

/** Good: a tick. Doubt: amber. Bad: nothing can be done with it. Neutral: nothing to judge, or not yet. */
export type Tone = 'good' | 'doubt' | 'bad' | 'neutral' | 'running';

/** More of them are not read. */
export const MOST_FACTS = 3;

/** What to do next, by far the likeliest. */
export type NextStep =
  | 'openPhotos'
  | 'train'
  | 'trainLonger'
  | 'sweep'
  | 'sweepAgain'
  | 'finetune'
  | 'export'
  | 'exportBaseline';

export const NEXT_LABELS: Record<NextStep, string> = {
  openPhotos: 'Open photos',
  train: 'Train',
  trainLonger: 'Train longer',
  sweep: 'Test other sizes',
  sweepAgain: 'Measure the rest',
  finetune: 'Fine-tune',
  export: 'Export',
  exportBaseline: 'Export the baseline',
};

export interface Verdict {
  tone: Tone;
  /** Beside the step's name: "done", "no better than guessing". */
  word: string;
  /** "71.1 %", "best 384 px"; null where there is none to be proud or ashamed of. */
  figure: string | null;
  /** What it means, in one or two sentences. */
  sentence: string;
  /** At most `MOST_FACTS` more things worth knowing. */
  facts: readonly string[];
  next: NextStep | null;
}

export type Photos = Pick<DatasetSummary, 'classes' | 'trainCount' | 'validationCount' | 'testCount'>;

const NOTHING = { figure: null, facts: [] } as const;
const intervalOf = ({ correct, count }: Score) => wilsonInterval(correct, count);
export const inInterval = (score: Score) => `95 % interval ${formatInterval(intervalOf(score), score.count)}`;
export const accuracyOf = ({ accuracy, count }: Score) => formatAccuracy(accuracy, count);
export const pointsBetween = (after: Score, before: Score) =>
  formatPoints(after.accuracy - before.accuracy, after.count);

/** Of the validation photos, those that were read. */
export function unreadFact({ count }: Score, { validationCount }: Photos): string[] {
  const unread = validationCount - count;
  return unread > 0
    ? [`${formatCount(unread)} of ${formatNoun(validationCount, 'validation photo')} could not be read.`]
    : [];
}

/** Beside the step's name. */
export const TOO_FEW = 'too few photos to tell';
export const tooFew = (score: Score): boolean => score.count < FEW_PHOTOS;
export const fewFact = (score: Score): string[] =>
  tooFew(score) ? [`${formatNoun(score.count, 'validation photo')}: too few to tell much.`] : [];

export const heldOutFact = ({ score }: NonNullable<RunResult['heldOut']>): string =>
  `Held-out photos, on which nothing was chosen: ${accuracyOf(score)} (${inInterval(score)}).`;

/** Epoch and size were chosen on the photos that they are measured on; held-out ones were not looked at. */
export function choiceFact(chosen: 'epoch' | 'size' | 'both', heldOut: RunResult['heldOut']): string {
  if (heldOut) return heldOutFact(heldOut);
  const what = { epoch: 'The best epoch was', size: 'The best size was', both: 'Best epoch and size were' }[chosen];
  return `${what} chosen on these very photos, so expect a little less on new ones.`;
}

/** "McNemar's test, p = 0.012"; of a mean over classes of so many photos "95 % interval −0.4 to +4.6; permutation test, p = 0.104". */
export function testWords({ p, metric }: Pick<PairedChange, 'p' | 'metric'>, photos = 0): string {
  if (!metric) return `${testName('accuracy')}, ${chanceWords(p)}`;
  const { by, low, high } = metric;
  const interval = `95 % interval ${formatSigned(low, photos)} to ${formatSigned(high, photos)}`;
  return `${interval}; ${testName(by)}, ${chanceWords(metric.p)}`;
}

const chanceWords = (p: number): string => `p ${p < 0.001 ? '' : '= '}${formatProbability(p)}`;

/** "+2.1 points", of what is chosen by: "+2.1 points of macro F1". */
export function gainWords({ metric }: Pick<PairedChange, 'metric'>, after: Score, before: Score): string {
  if (!metric) return pointsBetween(after, before);
  return `${formatPoints(metric.difference, after.count)} of ${SELECTION_NAMES[metric.by]}`;
}

/** Why a run has nothing to show, or is not done. */
export function unfinished(run: RunResult | null, has: boolean): Verdict | null {
  if (!run) return { tone: 'neutral', word: 'to do', sentence: '', ...NOTHING, next: null };
  if (run.ended === 'running' && !has)
    return { tone: 'running', word: 'running', sentence: '', ...NOTHING, next: null };
  if (has) return null;
  if (run.ended === 'failed') {
    const sentence = run.error ? `It failed: ${run.error.message}.` : 'It failed.';
    return { tone: 'bad', word: 'failed', sentence, ...NOTHING, next: null };
  }
  return {
    tone: 'neutral',
    word: 'not trained',
    sentence: 'It was stopped before anything was measured.',
    ...NOTHING,
    next: null,
  };
}

export const stateOf = (run: RunResult, done: { tone: Tone; word: string }): { tone: Tone; word: string } => {
  if (run.ended === 'running') return { tone: 'running', word: 'running' };
  if (run.ended === 'failed') return { tone: 'bad', word: 'failed' };
  if (run.ended === 'stopped' && done.tone !== 'doubt') return { tone: 'neutral', word: 'stopped' };
  return done;
};

/** Of what is not known to have learned. */
export const notLearnedState = (run: RunResult, { reason }: Learned): { tone: Tone; word: string } =>
  stateOf(run, { tone: 'doubt', word: reason === 'too-few-photos' ? TOO_FEW : 'no better than guessing' });

/** "no better than guessing (20.0 %)", "better than guessing (33.3 % by macro F1)", "too few photos to tell". */
export function guessingWords({ by, guessing, learned, reason }: Learned, { count }: Score): string {
  if (reason === 'too-few-photos') return TOO_FEW;
  if (reason === 'one-answer') return 'the same answer for every photo';
  const lead = learned ? 'better than guessing' : 'no better than guessing';
  if (guessing === null) return lead;
  return `${lead} (${formatAccuracy(guessing, count)}${by === 'accuracy' ? '' : ` by ${SELECTION_NAMES[by]}`})`;
}
