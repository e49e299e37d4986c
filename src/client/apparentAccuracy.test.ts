import { expect, test } from 'vitest';
import type { ApparentAccuracy } from '../protocol/messages';
import { apparentAccuracySentence } from '../words/apparentAccuracy';
import { apparentAccuracyTable, apparentPoints, ratioTicks } from './apparentAccuracy';

const bin = (from: number, to: number, correct: number, count = 100) => ({
  from,
  to,
  ratio: Math.sqrt(from * to),
  count,
  correct,
});
const apparent: ApparentAccuracy = {
  known: true,
  photos: 300,
  views: [
    { size: 64, resize: 73, bins: [bin(0.2, 0.4, 40), bin(0.4, 0.6, 55), bin(0.6, 0.9, 80)] },
    { size: 128, resize: 146, bins: [bin(0.4, 0.8, 60), bin(0.8, 1.8, 90)] },
  ],
};

test('it is told where the network fails, and whether chance may have done it', () => {
  expect(apparentAccuracySentence(apparent)).toBe(
    'At 64 px it is right on 40.0 % where things look 0.20 to 0.40 times as large as in training, and on 80.0 % where things look 0.60 to 0.90 times. How large the leaves are is known of every photo of the sample.',
  );
  const close = { ...apparent, views: [{ size: 64, resize: 73, bins: [bin(0.2, 0.4, 50), bin(0.4, 0.6, 55)] }] };
  expect(apparentAccuracySentence(close)).toContain('may be chance');
});

test('photos alike in size say nothing, and what is not known is said', () => {
  const alike = { known: false, photos: 80, views: [{ size: 64, resize: 73, bins: [bin(0.9, 0.9, 50, 80)] }] };
  expect(apparentAccuracySentence(alike)).toMatch(
    /^In 80 photos every test size has one ratio.*is not known: they are taken to fill/,
  );
});

test('points have the ends of their intervals, ticks are powers of two with 1 among them', () => {
  const [first] = apparentPoints(apparent.views[0]!.bins);
  expect(first).toMatchObject({ accuracy: 40, photos: 100, text: '0.20 to 0.40' });
  // Wilson, 40 of 100: 30.9 to 49.8 %.
  expect(first!.reach[0]).toBeCloseTo(9.06, 1);
  expect(ratioTicks(apparent)).toEqual([0.25, 0.5, 1, 2]);
  const { rows, data } = apparentAccuracyTable(apparent);
  expect(rows[4]).toEqual(['128 px', '0.80 to 1.80', 100, '90.0 %', '82.6 to 94.5 %']);
  expect(data.columns).toContain('geometric mean');
});
