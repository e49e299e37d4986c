import { expect, test } from 'vitest';
import { guessingAccuracy, judgeLearned } from './learned';
import { bestPoint, chooseSize } from './sizeChoice';

const point = (size: number, correct: number, count = 100, named = 5) => ({
  size,
  correct,
  count,
  named,
  accuracy: correct / count,
  loss: 1,
});
const alike = (classes: number) => Array.from({ length: classes }, () => ({ train: 20, validation: 20 }));
const done = { complete: true, classes: alike(5), by: 'accuracy' } as const;

test('of equal sizes the smallest is best, in whatever order they were measured', () => {
  const points = [point(48, 60), point(32, 60), point(64, 60), point(96, 59)];
  expect(bestPoint(points, 'accuracy')?.size).toBe(32);
  const { best, tied } = chooseSize(points, done);
  expect([best?.size, tied]).toEqual([32, [48, 64]]);
});

test('sizes are chosen by what the settings say, and by accuracy where that was not measured', () => {
  const points = [
    { ...point(32, 70), balancedAccuracy: 0.5 },
    { ...point(48, 60), balancedAccuracy: 0.6 },
    { ...point(64, 60), balancedAccuracy: 0.6 },
  ];
  expect(chooseSize(points, { ...done, by: 'balancedAccuracy' })).toMatchObject({ best: { size: 48 }, tied: [64] });
  expect(bestPoint(points, 'macroF1')?.size).toBe(32);
});

test('no size is best before all are measured, nor for a network that guesses', () => {
  const points = [point(48, 60), point(32, 70)];
  expect(chooseSize(points, { ...done, complete: false })).toMatchObject({ best: null, reason: 'sizes-missing' });
  expect(chooseSize([], done)).toMatchObject({ best: null, leader: null, reason: 'nothing-measured' });
  // 24 of 100 might be 20 % by chance.
  const guessing = chooseSize([point(48, 22), point(32, 24)], done);
  expect(guessing).toMatchObject({ best: null, reason: 'not-learned' });
  expect(guessing.leader?.size).toBe(32);
});

test('a network that names one class for every photo has learned nothing, however right that is', () => {
  const hasLearned = (score: ReturnType<typeof point>, classes: number) =>
    judgeLearned(score, alike(classes), 'accuracy').learned;
  expect(hasLearned(point(64, 90, 100, 1), 5)).toBe(false);
  expect(hasLearned(point(64, 90, 100, 2), 5)).toBe(true);
  expect(hasLearned(point(64, 1, 120), 120)).toBe(false);
  expect(hasLearned(point(64, 1, 1), 2)).toBe(false);
});

test('one answer tells something of enough photos of several classes alone', () => {
  const reason = (correct: number, count: number, validation: readonly number[], named = 1) =>
    judgeLearned(
      point(64, correct, count, named),
      validation.map((photos) => ({ train: 10, validation: photos })),
      'accuracy',
    ).reason;
  expect(reason(50, 100, [50, 50])).toBe('one-answer');
  expect(reason(1, 1, [1, 1])).toBe('too-few-photos');
  // They may all be of the second class.
  expect(reason(2, 2, [1, 2])).toBe('too-few-photos');
  expect(reason(40, 40, [40, 60])).toBe('too-few-photos');
  // Guessing is as right.
  expect(reason(40, 40, [40, 0])).toBe('guessing');
  // Whoever is right more often than guessing on few photos may have learned.
  expect(reason(6, 8, [4, 4], 2)).toBe('too-few-photos');
  expect(reason(4, 8, [4, 4], 2)).toBe('guessing');
  expect(reason(8, 8, [4, 4], 2)).toBeNull();
});

test('guessing names the most frequent training class', () => {
  expect(
    guessingAccuracy([
      { train: 10, validation: 4 },
      { train: 30, validation: 6 },
    ]),
  ).toBe(0.6);
  // Of equally frequent classes that of more validation photos.
  expect(
    guessingAccuracy([
      { train: 10, validation: 1 },
      { train: 10, validation: 3 },
    ]),
  ).toBe(0.75);
  expect(guessingAccuracy([{ train: 10, validation: 0 }])).toBeNull();
});

test('by what treats classes alike, guessing is right on one class of those that have photos', () => {
  const classes = [
    { train: 90, validation: 90 },
    { train: 9, validation: 10 },
    { train: 5, validation: 0 },
  ];
  const interval = { low: 0.52, high: 0.7 };
  const score = {
    ...point(64, 80),
    balancedAccuracy: 0.6,
    macroF1: 0.6,
    intervals: { balancedAccuracy: interval, macroF1: interval },
  };
  expect(judgeLearned(score, classes, 'macroF1')).toEqual({
    by: 'macroF1',
    value: 0.6,
    interval,
    guessing: 0.5,
    learned: true,
    reason: null,
  });
  expect(judgeLearned(score, classes, 'accuracy')).toMatchObject({ by: 'accuracy', guessing: 0.9, learned: false });
  // Kept results that have no interval of it are judged by their accuracy.
  expect(judgeLearned({ ...score, intervals: undefined }, classes, 'macroF1')).toMatchObject({
    by: 'accuracy',
    guessing: 0.9,
  });
});
