/** Expected values are those of fastai's own `valley` and `steep`, run in Python on the same numbers. */
import { expect, test } from 'vitest';
import { longestFall, rateFinding, rateText, steepestOf, suggestRates, valleyOf } from './learningRate';

test.each([
  // The longest fall is 5, 4, 3, 2, at the fourth to seventh place.
  { losses: [1, 5, 4, 6, 3, 7, 2, 8, 9], place: 3 },
  { losses: [5, 4, 3, 2, 1, 0], place: 2 },
  { losses: [9, 8, 1, 7, 6, 2, 5, 4, 3, 3, 10, 11], place: 4 },
  // fastai comes to -1, which in Python is the last place.
  { losses: [3, 1, 2], place: 0 },
  { losses: [1, 2, 3], place: null },
  { losses: [], place: null },
])('the valley of $losses', ({ losses, place }) => {
  const fall = longestFall(losses);
  expect(fall && valleyOf(fall)).toBe(place);
});

test('the steepest place is by the distance, too', () => {
  expect(steepestOf([5, 3, 2, 4], [0, 4, 5, 6])).toBe(1);
  expect(steepestOf([5, 3, 2, 4], [0, 1, 2, 3])).toBe(0);
});

/** A loss that falls from 1.6 to 0.7 around 1e-3, wavering, and grows without bounds above 0.1. */
const lossAt = (lr: number): number => {
  const x = Math.log10(lr);
  const grown = x > -3 ? Math.exp(4 * (x + 0.7)) : 0;
  return 1.6 - 0.9 / (1 + Math.exp(-3 * (x + 3))) + grown + 0.02 * Math.sin(7 * x);
};
const searched = (count: number) =>
  Array.from({ length: count }, (_, i) => {
    const lr = 1e-7 * 1e8 ** (i / 100);
    return { lr, loss: lossAt(lr), smoothedLoss: lossAt(lr) };
  });

test('a search of 100 steps suggests what fastai does', () => {
  const suggested = suggestRates(searched(83), 100)!;
  expect(suggested.valley).toBeCloseTo(0.0003311311214825911, 15);
  expect(suggested.steep).toBeCloseTo(0.0006918309709189362, 15);
  // The first ten and the last five are left out: what they hold does not matter.
  const others = searched(83).map((point, i) => (i < 10 || i >= 78 ? { ...point, smoothedLoss: 1e3 - i } : point));
  expect(suggestRates(others, 100)).toEqual(suggested);
});

test('a loss that has run away is steep nowhere, however it wavers', () => {
  const wavering = searched(83).map((point, i) => (i === 76 ? { ...point, smoothedLoss: 50 } : point));
  expect(suggestRates(wavering, 100)).toEqual(suggestRates(searched(83), 100));
  // Of 10, 12 and 11 the last fall alone is steep, though they began lower.
  const rising = searched(18).map((point, i) => ({ ...point, smoothedLoss: i === 11 ? 12 : i === 12 ? 11 : i }));
  expect(suggestRates(rising, 100)).toEqual({ valley: rising[10]!.lr, steep: rising[11]!.lr });
});

test('nothing is suggested where the loss never fell, or too little was seen', () => {
  expect(
    suggestRates(
      searched(83).map((point, i) => ({ ...point, smoothedLoss: i })),
      100,
    ),
  ).toBeNull();
  expect(suggestRates(searched(16), 100)).toBeNull();
  expect(suggestRates([], 100)).toBeNull();
});

test('the finding names the suggestion, and where the loss ran away', () => {
  const points = searched(83);
  const suggested = suggestRates(points, 100);
  const told = rateFinding(points, { suggested, steps: 100 });
  expect(told).toContain('Train with about 3.3e-4');
  expect(told).toContain('steepest at 6.9e-4; the search ended at 0.36');
  expect(rateFinding(points, { suggested, steps: 83 })).not.toContain('run away');
  expect(rateFinding(points, { suggested: null, steps: 100 })).toContain('fell at no learning rate');
});

test('rates have two digits', () => {
  expect([1e-7, 0.0012345, 0.00999, 0.12345, 2, 8.3176].map(rateText)).toEqual([
    '1e-7',
    '1.2e-3',
    '0.01',
    '0.12',
    '2',
    '8.3',
  ]);
});
