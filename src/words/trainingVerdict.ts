/** What a training has come to: a baseline, or a fine-tuning of it. */
import { judgeLearned, type Learned } from '../engine/analysis/learned';
import { SELECTION_NAMES } from '../engine/analysis/score';
import { beyondChance } from '../engine/analysis/sizeChoice';
import type { PairedChange, Score, Selection } from '../engine/base/records';
import { epochsOf } from '../engine/experiments/meta';
import { bestEpoch, type RunResult } from '../protocol/results';
import { coolDownBeside, coolDownFact } from './coolDown';
import { hindsightSentence } from './epochSelection';
import { formatCount, formatInterval, formatNoun, formatPercent, formatSigned } from './format';
import {
  accuracyOf,
  choiceFact,
  fewFact,
  gainWords,
  guessingWords,
  inInterval,
  MOST_FACTS,
  notLearnedState,
  type Photos,
  pointsBetween,
  stateOf,
  testWords,
  TOO_FEW,
  tooFew,
  unfinished,
  unreadFact,
  type Verdict,
} from './verdictParts';

/** What fastai's recipe, which selects no epoch, has passed over. */
function hindsightOf({ epochs }: RunResult): string[] {
  const sentence = hindsightSentence(epochs.map(({ record }) => record));
  return sentence === null ? [] : [sentence];
}

/** What an epoch was chosen by; fastai's recipe chooses none. */
export const judgedBy = ({ config: { selectBy, recipe } }: Pick<RunResult, 'config'>): Selection =>
  recipe === 'fastai' ? 'accuracy' : selectBy;

/** By what it is judged. */
export const judge = (validation: Score, photos: Photos, run: Pick<RunResult, 'config'>): Learned =>
  judgeLearned(validation, photos.classes, judgedBy(run));

/** "macro F1 51.2 % (95 % interval 40.1 to 62.0 %)", where that is what the epoch was chosen by. */
function chosenBy({ by, value, interval }: Learned, { count }: Score): string | null {
  if (by === 'accuracy') return null;
  return `${SELECTION_NAMES[by]} ${formatPercent(value)} (95 % interval ${formatInterval(interval, count)})`;
}

export function baselineVerdict(run: RunResult | null, photos: Photos): Verdict {
  const best = bestEpoch(run);
  const early = unfinished(run, best !== null);
  if (!run || !best) return early?.tone === 'neutral' ? { ...early, next: 'train' } : early!;
  const { validation, epoch } = best;
  const judged = judge(validation, photos, run);
  const chosen = chosenBy(judged, validation);
  const figure = accuracyOf(validation);
  const hindsight = hindsightOf(run);
  const facts = [
    ...stoppedFact(run),
    ...unreadFact(validation, photos),
    ...fewFact(validation),
    ...coolDownFact(run),
    ...hindsight,
    ...(judged.learned && (hindsight.length === 0 || run.heldOut) ? [choiceFact('epoch', run.heldOut)] : []),
  ].slice(0, MOST_FACTS);
  const reach = `right on ${formatCount(validation.correct)} of ${formatNoun(validation.count, 'validation photo')}, ${figure} (${inInterval(validation)})${chosen ? `, ${chosen}` : ''}`;
  const than = guessingWords(judged, validation);
  if (!judged.learned) {
    const why =
      judged.reason === 'one-answer'
        ? 'The network gives the same answer for every photo: it has learned nothing yet.'
        : `Epoch ${epoch} is ${reach}: ${than}.`;
    return { ...notLearnedState(run, judged), figure, sentence: why, facts, next: 'trainLonger' };
  }
  const doubtful = facts.length > 0 && (tooFew(validation) || validation.count < photos.validationCount);
  const done = tooFew(validation) ? TOO_FEW : validation.count < photos.validationCount ? 'photos unread' : 'done';
  return {
    ...stateOf(run, { tone: doubtful ? 'doubt' : 'good', word: done }),
    figure,
    sentence: `Epoch ${epoch} is ${hindsight.length > 0 ? 'the last' : 'best'}${judged.by === 'accuracy' ? '' : ` by ${SELECTION_NAMES[judged.by]}`}: ${reach}, ${than}.`,
    facts,
    next: 'sweep',
  };
}

/** A half-trained network has a figure like any other. */
function stoppedFact({ run, config, ended, epochs }: RunResult): string[] {
  if (ended !== 'stopped') return [];
  return [`Stopped after ${epochs.length} of ${formatNoun(epochsOf(run, config), 'epoch')}.`];
}

/** Where the value that the epoch was chosen by went the other way than accuracy: "macro F1 went from 51.2 % to 49.8 %". */
function mixedWords(
  by: Selection,
  from: Score,
  to: Score,
  change: PairedChange | null,
): { words: string; gained: boolean } | null {
  const [before, after] = [from[by], to[by]];
  if (before === undefined || after === undefined) return null;
  if ((after - before) * (to.accuracy - from.accuracy) >= 0) return null;
  const words = `${SELECTION_NAMES[by]}, by which it was chosen, went from ${formatPercent(before)} to ${formatPercent(after)}`;
  const test = change?.metric ? ` (${testWords(change, to.count)})` : '';
  return { words: words + test, gained: after > before };
}

/** How a change is known: "25 gained, 5 lost; McNemar's test, p < 0.001", or by what was chosen by. */
function changeWords(change: PairedChange, to: Score, from: Score): string {
  const what = change.metric
    ? `${gainWords(change, to, from)},`
    : `${formatCount(change.won)} gained, ${formatCount(change.lost)} lost;`;
  return `${what} ${testWords(change, to.count)}`;
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
  const judged = judge(validation, photos, run);
  const chosen = chosenBy(judged, validation);
  const { sameView = null, ownView = null } = run.gain ?? {};
  const against = ownView ?? sameView;
  const from = against?.score ?? before;
  const figure =
    accuracyOf(validation) + (from ? `, ${formatSigned(validation.accuracy - from.accuracy, validation.count)}` : '');
  const facts = [
    ...stoppedFact(run),
    ...unreadFact(validation, photos),
    ...fewFact(validation),
    ...(ownView && sameView
      ? [
          `At ${run.size} px without tuning${run.config.dropNormalization ? ' or normalisation' : ''}: ${accuracyOf(sameView.score)}; tuning itself gave ${gainWords(sameView.changed, validation, sameView.score)} (${testWords(sameView.changed, validation.count)}).`,
        ]
      : []),
    ...coolDownBeside(baseline, from, validation),
    ...hindsightOf(run),
    ...(run.config.recipe === 'fastai' ? [] : [choiceFact('both', run.heldOut)]),
  ].slice(0, MOST_FACTS);
  const reach = from
    ? `${accuracyOf(from)} → ${accuracyOf(validation)}, ${pointsBetween(validation, from)}`
    : `${accuracyOf(validation)} at ${run.size} px (${inInterval(validation)})`;
  if (!judged.learned) {
    const sentence = `Fine-tuned at ${run.size} px: ${reach}${chosen ? `, ${chosen}` : ''}; ${guessingWords(judged, validation)}.`;
    return { ...notLearnedState(run, judged), figure, sentence, facts, next: 'trainLonger' };
  }
  if (!from) {
    const sentence = `Fine-tuned: ${reach}. The weights before were not measured, so nothing is said of a gain.`;
    return { ...stateOf(run, { tone: 'neutral', word: 'done' }), figure, sentence, facts, next: 'export' };
  }
  const change = against?.changed ?? null;
  const mixed = mixedWords(judged.by, from, validation, change);
  if (mixed) {
    const next = mixed.gained ? 'export' : 'exportBaseline';
    const sentence = `Fine-tuned at ${run.size} px: ${reach}, while ${mixed.words}. Which of both counts is yours to say.`;
    return { ...stateOf(run, { tone: 'neutral', word: 'better and worse' }), figure, sentence, facts, next };
  }
  const test = change ? ` (${changeWords(change, validation, from)})` : '';
  const gained = change?.metric?.difference ?? validation.accuracy - from.accuracy;
  if (gained < 0) {
    const worse = `worse by ${formatSigned(-gained, validation.count).slice(1)}`;
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
