import { expect, test } from 'vitest';
import type { EpochRecord } from '../engine/base/records';
import { hindsightSentence } from './epochSelection';

const epoch = (number: number, accuracy: number, kept?: boolean) =>
  ({ epoch: number, best: false, validation: { accuracy }, ...(kept && { kept }) }) as EpochRecord;
/** The blog's 280 px: 85.84 % in its third epoch, 84.23 % in its last. */
const BLOG = [0.856509, 0.825193, 0.858378, 0.841785, 0.842253].map((accuracy, i) => epoch(i + 1, accuracy, true));

test('under fastai’s recipe the last epoch is kept, and the page says which was best', () => {
  expect(hindsightSentence(BLOG)).toBe(
    'fastai selects no epoch and keeps the last: epoch 3 had 85.8 %, which is hindsight.',
  );
  expect(hindsightSentence(BLOG.slice(0, 3))).toContain('the most accurate as well');
});

test('nothing is said where the best epoch is kept', () => {
  expect(hindsightSentence([])).toBeNull();
  expect(hindsightSentence([0.5, 0.6].map((accuracy, i) => epoch(i + 1, accuracy)))).toBeNull();
});
