import { expect, test } from 'vitest';
import type { StepId } from '../engine/experiments/meta';
import type { Answers, StepPredictions } from '../protocol/messages';
import { qualityOf } from '../testing/quality';
import {
  changeBetween,
  changedPhotos,
  changeSentence,
  changeTable,
  confusionShares,
  pairName,
  pairsOf,
} from './changes';

const LABELS = Int32Array.of(0, 0, 1, 1, 1);
const said = (step: StepId, size: number, ...classes: number[]): StepPredictions => ({
  step,
  resize: size,
  size,
  predictions: Int32Array.from(classes),
  quality: qualityOf(LABELS, classes, 2),
});
const ANSWERS: Answers = {
  labels: LABELS,
  steps: [
    said('baseline', 224, 0, 1, 0, 0, 0),
    said('sweep', 384, 0, 1, 1, 0, 0),
    said('finetune', 384, 1, 0, 1, 1, 0),
  ],
  changes: [],
};

test('steps are compared with every later one, the longest way first, the swept size called what it may be', () => {
  expect(pairsOf(ANSWERS).map((pair) => pairName(pair, 'highest accuracy'))).toEqual([
    'baseline, 224 px → fine-tuned, 384 px',
    'baseline, 224 px → highest accuracy, 384 px',
    'highest accuracy, 384 px → fine-tuned, 384 px',
  ]);
});

test('a change is told in words, by class, and by photo', () => {
  const [whole] = pairsOf(ANSWERS);
  const change = changeBetween(ANSWERS, whole!, 2);
  expect(changeSentence(change, whole!, 'best size')).toBe(
    "From baseline, 224 px to fine-tuned, 384 px: 3 photos gained, 1 lost; a split as uneven as this is often chance (McNemar's test, p = 0.625).",
  );
  expect(changeSentence({ ...change, won: 18, lost: 0, p: 8e-6 }, whole!, 'best size')).toBe(
    "From baseline, 224 px to fine-tuned, 384 px: 18 photos gained, 0 lost; so uneven a split is rarely chance (McNemar's test, p < 0.001).",
  );
  const metric = { by: 'macroF1', difference: 0.021, low: -0.004, high: 0.046, p: 0.104 } as const;
  const told = { ...ANSWERS, changes: [{ before: 'baseline', after: 'finetune', metric } as const] };
  expect(changeSentence(changeBetween(told, whole!, 2), whole!, 'best size')).toMatch(
    /p = 0\.625\)\. Macro F1: \+2\.1 points \(95 % interval −0\.4 to \+4\.6; permutation test, p = 0\.104\)\.$/,
  );
  expect(changeTable(change, ['rust', 'blight']).rows).toEqual([
    ['rust', 2, '50.0 %', '50.0 %', '±0.0', 1, 1],
    ['blight', 3, '0.0 %', '66.7 %', '+66.7', 2, 0],
  ]);
  expect(changedPhotos(change, 'won', 2)).toEqual([1, 2]);
  expect(changedPhotos(change, 'won', 9)).toEqual([1, 2, 3]);
  expect(changedPhotos(change, 'lost', 9)).toEqual([0]);
});

test('confusion is told in shares of each class', () => {
  const shares = confusionShares(ANSWERS, ANSWERS.steps[1]!, 2);
  expect(shares[1]!.map(({ count }) => count)).toEqual([2, 1]);
  expect(shares[1]![0]!.share).toBeCloseTo(2 / 3, 9);
});
