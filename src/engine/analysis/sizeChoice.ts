/** Which test resolution is best, if any may be called so: the one answer for page, worker, terminal and files. */
import type { PairedChange, Score, Selection, SweepPoint } from '../base/records';
import { type ClassCounts, judgeLearned } from './learned';
import { type Selected, selectedValue } from './score';

/** Two ways differ where as much on the same photos would be rarer than this by chance. */
const SIGNIFICANCE = 0.05;

type Measured = Score & Pick<SweepPoint, 'size'>;

/** The best by its value; of equals the smallest size, as the blog's `accuracy.index(max(accuracy))`. In any order. */
export function bestPoint<P extends Selected & Pick<SweepPoint, 'size'>>(
  points: readonly P[],
  by: Selection,
): P | null {
  return points.reduce<P | null>((best, point) => {
    const ahead = best ? selectedValue(point, by) - selectedValue(best, by) : 1;
    return ahead > 0 || (ahead === 0 && point.size < best!.size) ? point : best;
  }, null);
}

/** Why no size is called best. */
export type NoBest = 'nothing-measured' | 'sizes-missing' | 'not-learned';

export interface SizeChoice<P = Measured> {
  /** The size of the greatest value, once it may be called best. */
  best: P | null;
  reason: NoBest | null;
  /** That of the greatest value so far; null before any was measured. */
  leader: P | null;
  /** Of the leader's very value, px, itself left out. */
  tied: readonly number[];
}

export interface SweepState {
  /** Whether every size that the sweep was to measure is measured. */
  complete: boolean;
  /** Photos of each class. */
  classes: readonly ClassCounts[];
  /** What sizes are chosen by. */
  by: Selection;
}

export function chooseSize<P extends Measured>(
  points: readonly P[],
  { complete, classes, by }: SweepState,
): SizeChoice<P> {
  const leader = bestPoint(points, by);
  const isTied = (one: P) => one !== leader && leader && selectedValue(one, by) === selectedValue(leader, by);
  const tied = points.filter(isTied).map(({ size }) => size);
  const choice = { leader, tied: tied.sort((a, b) => a - b) };
  if (!leader) return { ...choice, best: null, reason: 'nothing-measured' };
  if (!complete) return { ...choice, best: null, reason: 'sizes-missing' };
  if (!judgeLearned(leader, classes, by).learned) return { ...choice, best: null, reason: 'not-learned' };
  return { ...choice, best: leader, reason: null };
}

/** The test that tells two ways apart. */
export const testName = (by: Selection): string => (by === 'accuracy' ? "McNemar's test" : 'permutation test');

/** By what is chosen by. Null where nothing was compared. */
export const beyondChance = (changed: PairedChange | null): boolean | null =>
  changed && (changed.metric ?? changed).p < SIGNIFICANCE;
