import { expect, test } from 'vitest';
import { fork } from '../base/rng';
import { balancedOrder, inverseFrequency } from './balance';
import type { Sample } from './types';

/** Of class 0 seven, of class 1 two, of class 2 none, of class 3 one. */
const samples: Sample[] = [0, 0, 3, 0, 1, 0, 0, 1, 0, 0].map((label, i) => ({ path: `${i}`, imageId: `${i}`, label }));

const tally = (values: Iterable<number>) => {
  const counts = new Map<number, number>();
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1);
  return counts;
};

test('every class is drawn equally often, every sample of it too, and no draw twice', () => {
  const totals = new Map<number, number>();
  for (let epoch = 1; epoch <= 60; epoch++) {
    const order = balancedOrder(samples, fork(1, epoch));
    expect(order).toHaveLength(samples.length);
    expect(new Set(order).size).toBe(samples.length);
    const drawn = order.map((index) => index % samples.length);
    const classes = tally([...drawn].map((index) => samples[index]!.label));
    expect(new Set(classes.keys())).toEqual(new Set([0, 1, 3]));
    for (const [label, count] of classes) {
      expect([3, 4]).toContain(count);
      totals.set(label, (totals.get(label) ?? 0) + count);
    }
    const ofPair = tally(drawn);
    expect(Math.abs((ofPair.get(4) ?? 0) - (ofPair.get(7) ?? 0))).toBeLessThanOrEqual(1);
    for (const index of [0, 1, 3, 5, 6, 8, 9]) expect(ofPair.get(index) ?? 0).toBeLessThanOrEqual(1);
  }
  // The draw that is left over goes to each class in its turn.
  for (const count of totals.values()) expect(Math.abs(count - 200)).toBeLessThan(20);
});

test('the order is its seed’s', () => {
  expect(balancedOrder(samples, fork(1, 5))).toEqual(balancedOrder(samples, fork(1, 5)));
  expect(balancedOrder(samples, fork(1, 5))).not.toEqual(balancedOrder(samples, fork(1, 6)));
});

test('by inverse frequency the photos of every class weigh as much, and a photo 1 on average', () => {
  const weights = inverseFrequency(samples, 4);
  expect(weights.map((weight) => Number(weight.toFixed(6)))).toEqual([0.47619, 1.666667, 0, 3.333333]);
  expect(samples.reduce((sum, { label }) => sum + weights[label]!, 0)).toBeCloseTo(samples.length, 9);
});
