import { expect, test } from 'vitest';
import type { Predicted } from '../protocol/trials';
import { runResult, weightsInfo } from '../testing/runs';
import { initialState } from './state';
import { answersOf, isOfEarlierWeights, isUnlike, orderedRows, triedSentences, tryingWords } from './tried';

const predicted: Predicted = {
  trial: 1,
  weights: 'baseline, epoch 7',
  madeAt: '2026-01-01T00:00:00Z',
  classes: ['rust', 'blight'],
  views: [
    { resize: 80, crop: 64, filter: 'bilinear', normalize: false, squish: false, respectExif: false, cacheSide: 0 },
  ],
  viewIsGuessed: false,
  photos: ['b.jpg', 'a.jpg', 'c.jpg'].map((path) => ({ path, imageId: path })),
  probabilities: Float32Array.of(0.75, 0.25, 0.5, 0.5, 0.125, 0.875),
  temperature: null,
  unreadable: [],
  others: 0,
  unlike: null,
  unlikeRefused: null,
  seconds: 1,
};

test('answers are the likeliest first, the first of equals', () => {
  expect(answersOf(predicted, 2, 5)).toEqual([
    { label: 1, name: 'blight', probability: 0.875 },
    { label: 0, name: 'rust', probability: 0.125 },
  ]);
  expect(answersOf(predicted, 1, 1)).toMatchObject([{ label: 0 }]);
});

test('photos are sorted by how sure the network is of its answer', () => {
  expect(orderedRows(predicted, 'confident')).toEqual([2, 0, 1]);
  expect(orderedRows(predicted, 'doubtful')).toEqual([1, 0, 2]);
  expect(orderedRows(predicted, 'name')).toEqual([0, 1, 2]);
});

test('what nobody measured is not said; what was, with how it was measured', () => {
  expect(isUnlike(predicted, 0)).toBeNull();
  expect(triedSentences(predicted)).toEqual(['3 photos by baseline, epoch 7, resize 80, centre crop 64.']);
  expect(triedSentences({ ...predicted, temperature: 1.254 })[1]).toContain('temperature of 1.25');
  const unlike = {
    distances: Float32Array.of(0.2, 0.5, 0.6),
    threshold: 0.5,
    share: 0.95,
    trainCount: 1000,
    validationCount: 400,
  };
  const measured = { ...predicted, unlike, others: 2, unreadable: [{ path: 'd.jpg', reason: 'torn' }] };
  expect([0, 1, 2].map((row) => isUnlike(measured, row))).toEqual([false, false, true]);
  expect(triedSentences(measured).slice(1)).toEqual([
    '1 file could not be read.',
    '2 files are no photos.',
    '1 photo is farther from the 1,000 training photos compared with than 95.0 % of 400 validation photos are.',
  ]);
});

test('a trial says how far it is', () => {
  expect(tryingWords({ phase: 'listing', done: 0, of: 0, imagesPerSecond: null })).toBe('listing');
  expect(tryingWords({ phase: 'trying', done: 64, of: 1000, imagesPerSecond: 12.3 })).toBe(
    'trying: 64 of 1,000, 12 images/s',
  );
});

test('what other weights have said is of earlier ones, whether of a run begun anew, another file or another project', () => {
  const tried = { ...initialState(), tried: predicted };
  const by = (startedAt: string) => ({ ...tried, baseline: runResult('baseline', { startedAt }) });
  expect(isOfEarlierWeights(by(predicted.madeAt))).toBe(false);
  expect(isOfEarlierWeights(by('2026-01-02T00:00:00Z'))).toBe(true);
  expect(isOfEarlierWeights(tried)).toBe(true);
  expect(isOfEarlierWeights(initialState())).toBe(false);
  const link = { run: 'import', name: '', config: null, data: null, view: null, score: null } as const;
  const opened = (madeAt: string) => ({ ...tried, imported: weightsInfo({ history: [{ ...link, madeAt }] }) });
  expect(isOfEarlierWeights(opened(predicted.madeAt))).toBe(false);
  expect(isOfEarlierWeights(opened('2026-01-02T00:00:00Z'))).toBe(true);
});
