/**
 * From losses at learning rates that grow step by step to a rate to train with (Smith 2017, section 3.3), as fastai suggests
 * it (fastai/callback/schedule.py, `lr_find`, `valley` and `steep`).
 */
import type { RatePoint, SuggestedRates } from '../base/records';

/** A first share of the steps and some last ones say little: the average has just begun, or the loss has run away. */
const LEFT_OUT = { first: 0.1, last: 5 };

/** What the points of a search of `steps` steps suggest, however many it came to; null if the loss never fell. */
export function suggestRates(points: readonly RatePoint[], steps: number): SuggestedRates | null {
  const judged = points.slice(Math.floor(LEFT_OUT.first * steps), -LEFT_OUT.last);
  const losses = judged.map(({ smoothedLoss }) => smoothedLoss);
  const fall = longestFall(losses);
  if (!fall) return null;
  const rates = judged.map(({ lr }) => lr);
  // Behind the fall the loss has run away, and wavers: fastai takes even that for steep.
  const steep = steepestOf(losses.slice(0, fall.end + 1), rates.map(Math.log));
  return { valley: rates[valleyOf(fall)]!, steep: rates[steep]! };
}

/** The longest falling subsequence, by its length and the place of its end; the first of equals, null if nothing falls. */
export function longestFall(losses: readonly number[]): { end: number; length: number } | null {
  const lengths: number[] = [];
  let end = 0;
  for (const [i, loss] of losses.entries()) {
    const longest = lengths.reduce((most, length, j) => (loss < losses[j]! ? Math.max(most, length) : most), 0);
    lengths.push(longest + 1);
    if (lengths[i]! > lengths[end]!) end = i;
  }
  const length = lengths[end] ?? 0;
  return length < 2 ? null : { end, length };
}

/** Of the span that ends with the fall and is as long, half way into the middle third. */
export function valleyOf({ end, length }: { end: number; length: number }): number {
  const third = length / 3;
  return Math.max(0, end - length + Math.floor(third) + Math.floor(third / 2));
}

/** The place from which the losses fall most steeply over `xs` to the next. Of at least two. */
export function steepestOf(losses: readonly number[], xs: readonly number[]): number {
  const slopes = losses.slice(1).map((loss, i) => (loss - losses[i]!) / (xs[i + 1]! - xs[i]!));
  return slopes.indexOf(Math.min(...slopes));
}

/** What a search that has ended says, in a sentence; `steps`: as many as it was to take. */
export function rateFinding(
  points: readonly RatePoint[],
  { suggested, steps }: { suggested: SuggestedRates | null; steps: number },
): string {
  if (!suggested) return 'The loss fell at no learning rate: try more steps, or look at the photos and their labels.';
  const last = points.at(-1)!;
  const end = points.length < steps ? `; the search ended at ${rateText(last.lr)}` : '';
  return `Train with about ${rateText(suggested.valley)}: it lies well within the longest fall of the loss, which is steepest at ${rateText(suggested.steep)}${end}.`;
}

/** To two digits: what is said is what is used. */
export const roundRate = (lr: number): number => Number(lr.toPrecision(2));

/** 0.0012 → "1.2e-3", 0.25 → "0.25", 1e-7 → "1e-7". */
export function rateText(lr: number): string {
  const rounded = roundRate(lr);
  return rounded < 0.01 ? rounded.toExponential() : String(rounded);
}
