/** What changed between two steps, in words and rows. */
import { readConfusion, stepChange, type StepChange } from '../engine/analysis/stepChange';
import { SELECTION_NAMES } from '../engine/analysis/score';
import type { StepId } from '../engine/experiments/meta';
import type { Answers, StepPredictions } from '../protocol/messages';
import type { Measured } from '../protocol/photos';
import { capitalised, formatAccuracy, formatCount, formatNoun, formatPoints, formatSigned } from '../words/format';
import { testWords } from '../words/verdictParts';

export type Pair = readonly [before: StepPredictions, after: StepPredictions];

const NAMES: Record<Exclude<StepId, 'sweep'>, string> = { baseline: 'baseline', finetune: 'fine-tuned' };

/** `leader`: what the sweep's leading size is called among steps. */
export const stepName = ({ step, size }: StepPredictions, leader: string): string =>
  `${step === 'sweep' ? leader : NAMES[step]}, ${size} px`;

export const pairName = (pair: Pair, leader: string): string => pair.map((step) => stepName(step, leader)).join(' → ');

/** Of which weights and view a step's predictions are. */
export const measuredAt = ({ step, resize, size }: StepPredictions): Measured => ({
  step: step === 'finetune' ? 'finetune' : 'baseline',
  resize,
  size,
});

/** Every step with every later one, the longest way first. */
export function pairsOf({ steps }: Answers): Pair[] {
  const pairs = steps.flatMap((before, i) => steps.slice(i + 1).map((after): Pair => [before, after]));
  return pairs.sort((a, b) => reach(steps, b) - reach(steps, a));
}

const reach = (steps: readonly StepPredictions[], [before, after]: Pair) =>
  steps.indexOf(after) - steps.indexOf(before);

export function changeBetween({ labels, changes }: Answers, [before, after]: Pair, classes: number): StepChange {
  const change = stepChange(labels, before.predictions, after.predictions, classes);
  const metric = changes.find((one) => one.before === before.step && one.after === after.step)?.metric;
  return metric ? { ...change, metric } : change;
}

/** Of photos, and of what is chosen by, where that is a mean over classes. */
export function changeSentence(change: StepChange, pair: Pair, leader: string): string {
  const { metric, classes } = change;
  const photos = photosSentence(change, pair, leader);
  if (!metric) return photos;
  const count = classes.reduce((sum, one) => sum + one.count, 0);
  const name = SELECTION_NAMES[metric.by];
  const difference = formatPoints(metric.difference, count);
  return `${photos} ${capitalised(name)}: ${difference} (${testWords(change, count)}).`;
}

function photosSentence({ won, lost, p }: StepChange, [before, after]: Pair, leader: string): string {
  const chance = `${p < 0.05 ? 'so uneven a split is rarely chance' : 'a split as uneven as this is often chance'} (${testWords({ p })})`;
  const way = `From ${stepName(before, leader)} to ${stepName(after, leader)}`;
  if (won + lost === 0) return `${way} no photo changed sides.`;
  return `${way}: ${formatNoun(won, 'photo')} gained, ${formatCount(lost)} lost; ${chance}.`;
}

export function changeTable({ classes }: StepChange, names: readonly string[]) {
  const photos = classes.reduce((sum, { count }) => sum + count, 0);
  return {
    columns: ['Class', 'Photos', 'Before', 'After', 'Difference', 'Gained', 'Lost'],
    rows: classes.map(({ count, before, after, won, lost }, k) => [
      names[k] ?? String(k),
      count,
      count > 0 ? formatAccuracy(before / count, photos) : '–',
      count > 0 ? formatAccuracy(after / count, photos) : '–',
      count > 0 ? formatSigned((after - before) / count, photos) : '–',
      won.length,
      lost.length,
    ]),
  };
}

/** Shares of each class' photos by what they were taken for. */
export function confusionShares({ labels }: Answers, { predictions }: StepPredictions, classes: number) {
  return readConfusion(labels, predictions, classes).map((row) => {
    const total = row.reduce((sum, n) => sum + n, 0);
    return row.map((count) => ({ count, share: total > 0 ? count / total : 0 }));
  });
}

/** Which classes are taken for which, the most frequent mistake first; `rows` as `confusionShares` gives them. */
export function topConfusions(rows: readonly (readonly { count: number; share: number }[])[]) {
  const mistakes = rows.flatMap((row, from) =>
    row.flatMap(({ count, share }, to) => (from === to || count === 0 ? [] : [{ from, to, count, share }])),
  );
  return mistakes.sort((a, b) => b.count - a.count || b.share - a.share);
}

/** Photos that changed sides, class by class in turn, so that none hides another. */
export function changedPhotos({ classes }: StepChange, side: 'won' | 'lost', limit: number): number[] {
  const longest = Math.max(0, ...classes.map((change) => change[side].length));
  const turns = Array.from({ length: longest }, (_, i) => classes.flatMap((change) => change[side][i] ?? []));
  return turns.flat().slice(0, limit);
}
