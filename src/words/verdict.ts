/**
 * What a step has come to: one pure judgement each, which path, sentence, colour, button, terminal and files share. Nothing is
 * called learned, best or better that chance explains as well.
 */
import { FEW_PHOTOS, guessingAccuracy, hasLearned } from '../engine/analysis/learned';
import { SELECTION_NAMES, selectedValue } from '../engine/analysis/score';
import { beyondChance, chooseSize, type SizeChoice } from '../engine/analysis/sizeChoice';
import { wilsonInterval } from '../engine/analysis/wilson';
import type { EpochRecord, PairedChange, Score, SweepPoint } from '../engine/base/records';
import type { DatasetSummary } from '../engine/dataset/types';
import type { StepId } from '../engine/experiments/meta';
import { bestEpoch, isComplete, type RunResult } from '../protocol/results';
import { coolDownBeside, coolDownFact } from './coolDown';
import { hindsightSentence } from './epochSelection';
import {
  formatAccuracy,
  formatCount,
  formatInterval,
  formatNoun,
  formatPercent,
  formatPoints,
  formatProbability,
  formatSigned,
} from './format';

/** Good: a tick. Doubt: amber. Bad: nothing can be done with it. Neutral: nothing to judge, or not yet. */
export type Tone = 'good' | 'doubt' | 'bad' | 'neutral' | 'running';

/** What to do next, by far the likeliest. */
export type NextStep =
  'openPhotos' | 'train' | 'trainLonger' | 'sweep' | 'sweepAgain' | 'finetune' | 'export' | 'exportBaseline';

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
  /** At most three more things worth knowing. */
  facts: readonly string[];
  next: NextStep | null;
}

type Photos = Pick<DatasetSummary, 'classes' | 'trainCount' | 'validationCount' | 'testCount'>;

const NOTHING = { figure: null, facts: [] } as const;
const intervalOf = ({ correct, count }: Score) => wilsonInterval(correct, count);
const inInterval = (score: Score) => `95 % interval ${formatInterval(intervalOf(score), score.count)}`;
const accuracyOf = ({ accuracy, count }: Score) => formatAccuracy(accuracy, count);
const pointsBetween = (after: Score, before: Score) => formatPoints(after.accuracy - before.accuracy, after.count);

/** Of the validation photos, those that were read. */
function unreadFact({ count }: Score, { validationCount }: Photos): string[] {
  const unread = validationCount - count;
  return unread > 0
    ? [`${formatCount(unread)} of ${formatNoun(validationCount, 'validation photo')} could not be read.`]
    : [];
}

const tooFew = (score: Score): boolean => score.count < FEW_PHOTOS;
const fewFact = (score: Score): string[] =>
  tooFew(score) ? [`${formatNoun(score.count, 'validation photo')}: too few to tell much.`] : [];

/** Epoch and size were chosen on the photos that they are measured on; held-out ones were not looked at. */
export function choiceFact(chosen: 'epoch' | 'size' | 'both', heldOut: RunResult['heldOut']): string {
  if (heldOut) {
    const { score } = heldOut;
    return `Held-out photos, on which nothing was chosen: ${accuracyOf(score)} (${inInterval(score)}).`;
  }
  const what = { epoch: 'The best epoch was', size: 'The best size was', both: 'Best epoch and size were' }[chosen];
  return `${what} chosen on these very photos, so expect a little less on new ones.`;
}

const p = ({ p: probability }: PairedChange) =>
  `McNemar's test, p ${probability < 0.001 ? '' : '= '}${formatProbability(probability)}`;

/** Why a run has nothing to show, or is not done. */
function unfinished(run: RunResult | null, has: boolean): Verdict | null {
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

const stateOf = (run: RunResult, done: { tone: Tone; word: string }): { tone: Tone; word: string } => {
  if (run.ended === 'running') return { tone: 'running', word: 'running' };
  if (run.ended === 'failed') return { tone: 'bad', word: 'failed' };
  if (run.ended === 'stopped' && done.tone === 'good') return { ...done, word: 'stopped early' };
  return done;
};

/** What fastai's recipe, which selects no epoch, has passed over. */
function hindsightOf({ epochs }: RunResult): string[] {
  const sentence = hindsightSentence(epochs.map(({ record }) => record));
  return sentence === null ? [] : [sentence];
}

/** By what the epoch was chosen, where that is not the accuracy that is shown. */
function selectionFact({ config: { selectBy, recipe } }: RunResult, { validation }: EpochRecord): string[] {
  const value = validation[selectBy];
  if (selectBy === 'accuracy' || value === undefined || recipe === 'fastai') return [];
  return [`The epoch was chosen by ${SELECTION_NAMES[selectBy]}: ${formatPercent(value)}.`];
}

export function baselineVerdict(run: RunResult | null, photos: Photos): Verdict {
  const best = bestEpoch(run);
  const early = unfinished(run, best !== null);
  if (!run || !best) return early?.tone === 'neutral' ? { ...early, next: 'train' } : early!;
  const { validation, epoch } = best;
  const guessing = guessingAccuracy(photos.classes);
  const learned = hasLearned(validation, guessing);
  const figure = accuracyOf(validation);
  const hindsight = hindsightOf(run);
  const facts = [
    ...unreadFact(validation, photos),
    ...fewFact(validation),
    ...selectionFact(run, best),
    ...coolDownFact(run),
    ...hindsight,
    ...(learned && (hindsight.length === 0 || run.heldOut) ? [choiceFact('epoch', run.heldOut)] : []),
  ].slice(0, 3);
  const reach = `right on ${formatCount(validation.correct)} of ${formatNoun(validation.count, 'validation photo')}, ${figure} (${inInterval(validation)})`;
  if (!learned) {
    const why =
      validation.named === 1
        ? 'The network gives the same answer for every photo: it has learned nothing yet.'
        : `Epoch ${epoch} is ${reach}: no better than guessing${guessing === null ? '' : ` (${formatAccuracy(guessing, validation.count)})`}.`;
    const state = stateOf(run, { tone: 'doubt', word: 'no better than guessing' });
    return { ...state, figure, sentence: why, facts, next: 'trainLonger' };
  }
  const doubtful = facts.length > 0 && (tooFew(validation) || validation.count < photos.validationCount);
  const done = tooFew(validation)
    ? 'too few photos to tell'
    : validation.count < photos.validationCount
      ? 'photos unread'
      : 'done';
  return {
    ...stateOf(run, { tone: doubtful ? 'doubt' : 'good', word: done }),
    figure,
    sentence: `Epoch ${epoch} is ${hindsight.length > 0 ? 'the last' : 'best'}: ${reach}, better than guessing${guessing === null ? '' : ` (${formatAccuracy(guessing, validation.count)})`}.`,
    facts,
    next: 'sweep',
  };
}

/** The choice of a sweep, for whoever works with it. */
export function choiceOf(sweep: RunResult | null | undefined, classes: Photos['classes']): SizeChoice<SweepPoint> {
  return chooseSize(sweep?.points ?? [], {
    complete: sweep ? isComplete(sweep) : false,
    guessing: guessingAccuracy(classes),
    by: sweep?.config.selectBy ?? 'accuracy',
  });
}

/** Why a size is best, or none is, in a sentence; null before anything was measured. */
export function choiceSentence(sweep: RunResult, classes: Photos['classes']): string | null {
  const { best, leader, reason, tied } = choiceOf(sweep, classes);
  const guessing = guessingAccuracy(classes);
  if (!leader) return null;
  if (reason === 'sizes-missing') return 'Not all sizes have been measured.';
  if (reason === 'not-learned') {
    if (leader.named === 1) return 'The network gives the same answer for every photo, so no size is best.';
    const than = guessing === null ? '' : ` (${formatAccuracy(guessing, leader.count)})`;
    return `The network does no better than guessing${than}, so no size is best.`;
  }
  if (!best) return null;
  const equal =
    tied.length > 0
      ? ` ${tied.join(' and ')} px ${tied.length === 1 ? 'is' : 'are'} as ${sweep.config.selectBy === 'accuracy' ? 'accurate' : 'good'}, and larger.`
      : '';
  const sizes = formatNoun(sweep.points.length, 'size');
  const { selectBy } = sweep.config;
  if (selectBy === 'accuracy') {
    return `${best.size} px is the most accurate of ${sizes}.${equal} ${againstTrained(sweep)}`.trim();
  }
  const value = formatPercent(selectedValue(best, selectBy));
  return `${best.size} px has the highest ${SELECTION_NAMES[selectBy]} of ${sizes}, ${value}, by which it was chosen.${equal} Whether that is chance is not told.`;
}

/** The best size against the one trained at. */
function againstTrained({ recommendation, points, config: { trainSize } }: RunResult): string {
  const trained = points.find(({ size }) => size === trainSize);
  if (!recommendation || !trained) return '';
  const { best, againstTrained: change } = recommendation;
  const leader = points.find(({ size }) => size === best);
  if (!change || !leader) return 'That is the size trained at.';
  const gain = `${pointsBetween(leader, trained)} over the ${trainSize} px trained at`;
  return beyondChance(change)
    ? `${gain}, beyond chance (${p(change)}).`
    : `${gain}, which may be chance (${p(change)}).`;
}

/**
 * Whether the best size differs beyond chance from the size trained at, or, being that, from all others; null if unknown, as it
 * is of anything but plain accuracy.
 */
function standsOut({ recommendation, config }: RunResult, best: SweepPoint): boolean | null {
  if (config.selectBy !== 'accuracy') return null;
  if (best.size === config.trainSize) return (recommendation?.withinNoise.length ?? 0) < 2;
  return beyondChance(recommendation?.againstTrained ?? best.changed);
}

/** What the leading size is called. */
export type LeaderName = 'best' | 'most accurate' | `highest ${string}`;

/** What it may be called on a chart and in a table; null while none may be called anything. */
export function leaderName(sweep: RunResult | null | undefined, classes: Photos['classes']): LeaderName | null {
  const { best } = choiceOf(sweep, classes);
  if (!sweep || !best) return null;
  const { selectBy } = sweep.config;
  if (selectBy !== 'accuracy') return `highest ${SELECTION_NAMES[selectBy]}`;
  return standsOut(sweep, best) ? 'best' : 'most accurate';
}

export function sweepVerdict(run: RunResult | null, photos: Photos): Verdict {
  const choice = choiceOf(run, photos.classes);
  const early = unfinished(run, choice.leader !== null);
  if (!run || !choice.leader) return early?.tone === 'neutral' ? { ...early, next: 'sweep' } : early!;
  const { best, reason, leader } = choice;
  const why = choiceSentence(run, photos.classes)!;
  const unread = unreadFact(leader, photos);
  if (reason === 'not-learned') {
    const state = stateOf(run, { tone: 'doubt', word: 'nothing to choose' });
    return { ...state, figure: null, sentence: why, facts: [...unread, ...fewFact(leader)], next: 'trainLonger' };
  }
  if (!best) {
    const { points, ended } = run;
    const sentence = `${formatNoun(points.length, 'size')} measured so far; ${leader.size} px leads with ${accuracyOf(leader)}.`;
    if (ended === 'running')
      return { tone: 'running', word: 'running', figure: null, sentence, facts: unread, next: null };
    return {
      ...stateOf(run, { tone: 'doubt', word: 'sizes missing' }),
      figure: null,
      sentence,
      facts: unread,
      next: 'sweepAgain',
    };
  }
  const { recommendation } = run;
  const alike = recommendation?.withinNoise ?? [];
  const differs = standsOut(run, best);
  const facts = [
    ...unread,
    ...fewFact(best),
    ...(differs && alike.length > 1
      ? [`Not told from it on these photos: ${alike.filter((size) => size !== best.size).join(', ')} px.`]
      : []),
    choiceFact('size', run.heldOut),
  ].slice(0, 3);
  if (differs === false) {
    const figure = alike.length > 1 ? `${alike[0]}–${alike.at(-1)} px alike` : null;
    const sentence = `No difference found${alike.length > 1 ? ` between ${alike.join(', ')} px` : ''}. ${why}`;
    return {
      ...stateOf(run, { tone: 'neutral', word: 'no difference found' }),
      figure,
      sentence,
      facts,
      next: 'finetune',
    };
  }
  const tone = tooFew(best) || unread.length > 0 ? 'doubt' : differs ? 'good' : 'neutral';
  return {
    ...stateOf(run, { tone, word: tooFew(best) ? 'too few photos to tell' : 'done' }),
    figure: `${leaderName(run, photos.classes)} ${best.size} px`,
    sentence: `Test at ${best.size} px: ${accuracyOf(best)} (${inInterval(best)}). ${why}`,
    facts,
    next: 'finetune',
  };
}

/** `before`: the baseline's score, as best known. */
export function finetuneVerdict(
  run: RunResult | null,
  before: Score | null,
  photos: Photos,
  baseline: RunResult | null = null,
): Verdict {
  const tuned = bestEpoch(run);
  const early = unfinished(run, tuned !== null);
  if (!run || !tuned) return early?.tone === 'neutral' ? { ...early, next: 'finetune' } : early!;
  const { validation } = tuned;
  const learned = hasLearned(validation, guessingAccuracy(photos.classes));
  const { sameView = null, ownView = null } = run.gain ?? {};
  const against = ownView ?? sameView;
  const from = against?.score ?? before;
  const figure =
    accuracyOf(validation) + (from ? `, ${formatSigned(validation.accuracy - from.accuracy, validation.count)}` : '');
  const facts = [
    ...unreadFact(validation, photos),
    ...fewFact(validation),
    ...selectionFact(run, tuned),
    ...(ownView && sameView
      ? [
          `At ${run.size} px without tuning: ${accuracyOf(sameView.score)}; tuning itself gave ${pointsBetween(validation, sameView.score)} (${p(sameView.changed)}).`,
        ]
      : []),
    ...coolDownBeside(baseline, from, validation),
    ...hindsightOf(run),
    ...(run.config.recipe === 'fastai' ? [] : [choiceFact('both', run.heldOut)]),
  ].slice(0, 3);
  const reach = from
    ? `${accuracyOf(from)} → ${accuracyOf(validation)}, ${pointsBetween(validation, from)}`
    : `${accuracyOf(validation)} at ${run.size} px (${inInterval(validation)})`;
  if (!learned) {
    const sentence = `Fine-tuned at ${run.size} px: ${reach}. That is no better than guessing.`;
    return {
      ...stateOf(run, { tone: 'doubt', word: 'no better than guessing' }),
      figure,
      sentence,
      facts,
      next: 'trainLonger',
    };
  }
  if (!from) {
    const sentence = `Fine-tuned: ${reach}. The weights before were not measured, so nothing is said of a gain.`;
    return { ...stateOf(run, { tone: 'neutral', word: 'done' }), figure, sentence, facts, next: 'export' };
  }
  const change = against?.changed ?? null;
  const test = change ? ` (${formatCount(change.won)} gained, ${formatCount(change.lost)} lost; ${p(change)})` : '';
  if (validation.accuracy < from.accuracy) {
    const worse = `worse by ${formatSigned(from.accuracy - validation.accuracy, validation.count).slice(1)}`;
    const doubt = beyondChance(change) === true ? 'beyond chance' : 'which may be chance';
    const sentence = `Fine-tuning did not pay: ${reach}, ${doubt}${test}. The weights before are the better ones.`;
    return { ...stateOf(run, { tone: 'doubt', word: worse }), figure, sentence, facts, next: 'exportBaseline' };
  }
  if (beyondChance(change) !== true) {
    const sentence = `No gain found: ${reach}, which may be chance${test}.`;
    return { ...stateOf(run, { tone: 'neutral', word: 'no gain found' }), figure, sentence, facts, next: 'export' };
  }
  const tone = tooFew(validation) || validation.count < photos.validationCount ? 'doubt' : 'good';
  const sentence = `Fine-tuning paid: ${reach}, beyond chance${test}.`;
  return { ...stateOf(run, { tone, word: 'done' }), figure, sentence, facts, next: 'export' };
}

export type Steps = Record<StepId, RunResult | null>;

/** The baseline's validation score, from its training, or measured again by the sweep. */
export const baselineScoreOf = ({ baseline, sweep }: Pick<Steps, 'baseline' | 'sweep'>): Score | null =>
  bestEpoch(baseline)?.validation ?? sweep?.reference ?? null;

/** What a step has come to. */
export function verdictOf(step: StepId, steps: Steps, photos: Photos): Verdict {
  switch (step) {
    case 'baseline':
      return baselineVerdict(steps.baseline, photos);
    case 'sweep':
      return sweepVerdict(steps.sweep, photos);
    case 'finetune':
      return finetuneVerdict(steps.finetune, baselineScoreOf(steps), photos, steps.baseline ?? null);
    default:
      return step satisfies never;
  }
}
