/** Which test resolution is best, if any may be called so: the one answer for page, worker, terminal and files. */
import type { PairedChange, Score, SweepPoint } from '../base/records';
import { hasLearned } from './learned';

/** Two ways differ where so uneven a split of the photos would be rarer than this by chance (McNemar's test). */
export const SIGNIFICANCE = 0.05;

type Measured = Score & Pick<SweepPoint, 'size'>;

/** The most accurate; of equals the smallest size, as the blog's `accuracy.index(max(accuracy))`. In any order. */
export function mostAccurate<P extends Pick<SweepPoint, 'size' | 'accuracy'>>(points: readonly P[]): P | null {
  return points.reduce<P | null>((best, point) => {
    const better = !best || point.accuracy > best.accuracy;
    return better || (point.accuracy === best.accuracy && point.size < best.size) ? point : best;
  }, null);
}

/** Why no size is called best. */
export type NoBest = 'nothing-measured' | 'sizes-missing' | 'not-learned';

export interface SizeChoice<P = Measured> {
  /** The most accurate size, once it may be called best. */
  best: P | null;
  reason: NoBest | null;
  /** The most accurate size so far; null before any was measured. */
  leader: P | null;
  /** As accurate as the leader to the photo, px, itself left out. */
  tied: readonly number[];
}

export interface SweepState {
  /** Whether every size that the sweep was to measure is measured. */
  complete: boolean;
  /** As `guessingAccuracy`. */
  guessing: number | null;
}

export function chooseSize<P extends Measured>(
  points: readonly P[],
  { complete, guessing }: SweepState,
): SizeChoice<P> {
  const leader = mostAccurate(points);
  const tied = points.filter((one) => one !== leader && one.accuracy === leader?.accuracy).map(({ size }) => size);
  const choice = { leader, tied: tied.sort((a, b) => a - b) };
  if (!leader) return { ...choice, best: null, reason: 'nothing-measured' };
  if (!complete) return { ...choice, best: null, reason: 'sizes-missing' };
  if (!hasLearned(leader, guessing)) return { ...choice, best: null, reason: 'not-learned' };
  return { ...choice, best: leader, reason: null };
}

/** Null where nothing was compared. */
export const beyondChance = (changed: PairedChange | null): boolean | null => changed && changed.p < SIGNIFICANCE;
