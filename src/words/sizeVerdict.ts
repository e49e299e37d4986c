/** What a sweep has come to: which size is best, if any may be called so. */
import { judgeLearned } from '../engine/analysis/learned';
import { SELECTION_NAMES, selectedValue } from '../engine/analysis/score';
import { beyondChance, chooseSize, type SizeChoice } from '../engine/analysis/sizeChoice';
import type { PairedChange, Selection, SweepPoint } from '../engine/base/records';
import { isComplete, type RunResult } from '../protocol/results';
import { capitalised, formatNoun, formatPercent } from './format';
import {
  accuracyOf,
  choiceFact,
  fewFact,
  gainWords,
  guessingWords,
  inInterval,
  MOST_FACTS,
  type Photos,
  stateOf,
  testWords,
  TOO_FEW,
  tooFew,
  unfinished,
  unreadFact,
  type Verdict,
} from './verdictParts';

/** The choice of a sweep, for whoever works with it. */
export function choiceOf(sweep: RunResult | null | undefined, classes: Photos['classes']): SizeChoice<SweepPoint> {
  return chooseSize(sweep?.points ?? [], {
    complete: sweep ? isComplete(sweep) : false,
    classes,
    by: sweep?.config.selectBy ?? 'accuracy',
  });
}

/** Whether the weights do better in their own view than at that size. */
export const ownIsBetter = ({ reference, config: { selectBy } }: RunResult, point: SweepPoint): boolean =>
  reference !== null && selectedValue(reference, selectBy) > selectedValue(point, selectBy);

/** That, where it is so. */
function ownFact(run: RunResult, best: SweepPoint): string[] {
  if (!ownIsBetter(run, best)) return [];
  const { reference, config } = run;
  const by = config.selectBy === 'accuracy' ? '' : ` ${SELECTION_NAMES[config.selectBy]}`;
  return [`The baseline’s own view gets more, ${formatPercent(selectedValue(reference!, config.selectBy))}${by}.`];
}

/** Why a size is best, or none is, in a sentence; null before anything was measured. */
export function choiceSentence(sweep: RunResult, classes: Photos['classes']): string | null {
  const { best, leader, reason, tied } = choiceOf(sweep, classes);
  if (!leader) return null;
  if (reason === 'sizes-missing') return 'Not all sizes have been measured.';
  if (reason === 'not-learned') {
    const judged = judgeLearned(leader, classes, sweep.config.selectBy);
    if (judged.reason === 'one-answer') return 'The network gives the same answer for every photo, so no size is best.';
    if (judged.reason === 'too-few-photos')
      return 'The photos are too few to tell whether the network has learned, so no size is best.';
    return `The network does ${guessingWords(judged, leader)}, so no size is best.`;
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
  return `${best.size} px has the highest ${SELECTION_NAMES[selectBy]} of ${sizes}, ${value}, by which it was chosen.${equal} ${againstTrained(sweep)}`.trim();
}

/** The best size against the one trained at. */
function againstTrained({ recommendation, points, config: { trainSize, selectBy } }: RunResult): string {
  const trained = points.find(({ size }) => size === trainSize);
  if (!recommendation || !trained) return '';
  const { best, againstTrained: change } = recommendation;
  const leader = points.find(({ size }) => size === best);
  if (!change || !leader) return `${trainSize} px is the size trained at.`;
  if (!isTold(change, selectBy)) return 'Whether that is chance is not told.';
  const gain = `${gainWords(change, leader, trained)} over the ${trainSize} px trained at`;
  const test = testWords(change, leader.count);
  return beyondChance(change) ? `${gain}, beyond chance (${test}).` : `${gain}, which may be chance (${test}).`;
}

/** Earlier versions compared by right and wrong alone. */
const isTold = ({ metric }: PairedChange, by: Selection): boolean => by === 'accuracy' || metric?.by === by;

/** Whether the best size differs beyond chance from the size trained at, or, being that, from all others; null if unknown. */
function standsOut({ recommendation, config, points }: RunResult, best: SweepPoint): boolean | null {
  const { selectBy } = config;
  if (selectBy !== 'accuracy' && !points.some(({ changed }) => changed && isTold(changed, selectBy))) return null;
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

/** What it is called among steps: "best size", "highest macro F1", "highest accuracy" where none may be called best. */
export function leaderStep(sweep: RunResult, classes: Photos['classes']): string {
  const name = leaderName(sweep, classes);
  const { selectBy } = sweep.config;
  return name && selectBy === 'accuracy' ? `${name} size` : `highest ${SELECTION_NAMES[selectBy]}`;
}

/** The leading size and those of its very value: "48 and 96 px"; the best alone, which is the smallest of them. */
export function leadingSizes(sweep: RunResult, name: LeaderName | null): string {
  const { leader, tied } = choiceOf(sweep, []);
  return listed([leader!.size, ...(name === 'best' ? [] : tied)], sweep.points);
}

/**
 * Above the leader's accuracy: "Best: 384 px", "Highest so far: 48 px" before all sizes are measured, "Highest: 48 and 96 px" of
 * equals; where sizes are chosen by another metric, "Accuracy at 48 px, highest macro F1". `sweep` has measured a size.
 */
export function leaderTitle(sweep: RunResult, classes: Photos['classes']): string {
  const { selectBy } = sweep.config;
  const { leader, tied } = choiceOf(sweep, classes);
  const value = selectBy === 'accuracy' ? '' : ` ${SELECTION_NAMES[selectBy]}`;
  const name = leaderName(sweep, classes);
  const words = name ?? `highest${value}${isComplete(sweep) ? '' : ' so far'}`;
  if (selectBy === 'accuracy') return `${capitalised(words)}: ${leadingSizes(sweep, name)}`;
  const equal = tied.length > 0 ? `, as at ${listed(tied, sweep.points)}` : '';
  return `Accuracy at ${leader!.size} px, ${words}${equal}`;
}

/** "48 px", "48 and 96 px"; of more, as `sizesWords`. */
const listed = (sizes: readonly number[], points: readonly SweepPoint[]): string =>
  sizes.length > 2 ? sizesWords(sizes, points) : `${sizes.join(' and ')} px`;

/** "32–64 px" where those are all that were measured from the first to the last; else "3 sizes". */
function sizesWords(sizes: readonly number[], points: readonly SweepPoint[]): string {
  const [first, last] = [sizes[0]!, sizes.at(-1)!];
  const between = points.filter(({ size }) => size >= first && size <= last).length;
  return between === sizes.length ? `${first}–${last} px` : formatNoun(sizes.length, 'size');
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
    const leads = `${leadingSizes(run, null)} ${choice.tied.length > 0 ? 'lead' : 'leads'} with ${accuracyOf(leader)}`;
    const sentence = `${formatNoun(points.length, 'size')} measured so far; ${leads}.`;
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
    ...ownFact(run, best),
    ...fewFact(best),
    ...(differs && alike.length > 1
      ? [`Not told from it on these photos: ${alike.filter((size) => size !== best.size).join(', ')} px.`]
      : []),
    choiceFact('size', run.heldOut),
  ].slice(0, MOST_FACTS);
  if (differs === false) {
    const figure = alike.length > 1 ? `${sizesWords(alike, run.points)} alike` : null;
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
  const name = leaderName(run, photos.classes);
  return {
    ...stateOf(run, { tone, word: tooFew(best) ? TOO_FEW : 'done' }),
    figure: `${name} ${leadingSizes(run, name)}`,
    sentence: `Test at ${best.size} px: ${accuracyOf(best)} (${inInterval(best)}). ${why}`,
    facts,
    next: 'finetune',
  };
}
