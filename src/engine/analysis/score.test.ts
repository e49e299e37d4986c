import { expect, test } from 'vitest';
import { argmax, meanLogits, probabilitiesOf, scoreLogits, selectedValue, softmax, topK } from './score';

test('cross entropy matches PyTorch’s', () => {
  const logits = Float32Array.of(2, 0.5, -1, 0, 1, 0.1, 0.2, 0.3, 0.4, 0.5);
  const score = scoreLogits(logits, [0, 3], 5);
  expect(score.loss).toBeCloseTo(1.04692721, 6);
  expect(score).toMatchObject({ correct: 1, count: 2, accuracy: 0.5 });
  // sklearn: balanced_accuracy_score([0, 3], [0, 4]), f1_score(…, average='macro')
  expect(score.balancedAccuracy).toBeCloseTo(0.5, 12);
  expect(score.macroF1).toBeCloseTo(1 / 3, 12);
});

test('epochs are chosen by what is asked for, and by accuracy where that was not measured', () => {
  const score = { loss: 1, accuracy: 0.9, correct: 9, count: 10 };
  expect(selectedValue({ ...score, macroF1: 0.4 }, 'macroF1')).toBe(0.4);
  expect(selectedValue(score, 'macroF1')).toBe(0.9);
});

test('large logits do not overflow', () => {
  expect(scoreLogits(Float32Array.of(1000, 0, 0, 0, -1000), [4], 5).loss).toBe(2000);
  expect(softmax([1000, 0])).toEqual([1, 0]);
});

test('the mean of answers is that of their probabilities, however sure one is', () => {
  const answers = [Float32Array.of(0, 0, 200, 0), Float32Array.of(Math.log(3), 0, 0, 0)];
  const mean = probabilitiesOf(meanLogits(answers, 2), 2, 1);
  [0.625, 0.375, 0.75, 0.25].forEach((share, i) => expect(mean[i]).toBeCloseTo(share, 6));
  expect(meanLogits([answers[0]!], 2)).toBe(answers[0]);
  expect([...probabilitiesOf(Float32Array.of(2, 0), 2, 2)].map((share) => share.toFixed(4))).toEqual([
    '0.7311',
    '0.2689',
  ]);
});

test('ties go to the lowest index', () => expect(argmax([1, 3, 3])).toBe(1));

test('the label is among the k likeliest, of equals the first ones', () => {
  const row = [5, 4, 3, 3, 1, 0];
  const of = (...labels: number[]) => topK(Float32Array.from(labels.flatMap(() => row)), labels, 6);
  expect(of(0, 1, 2)).toEqual({ k: 3, accuracy: 1 });
  expect(of(3, 4, 0, 5)).toEqual({ k: 3, accuracy: 0.25 });
  expect(topK(Float32Array.of(1, 2, 3, 4, 5), [0], 5)).toBeNull();
  expect(topK(new Float32Array(20), [4], 20)).toEqual({ k: 5, accuracy: 1 });
  expect(scoreLogits(Float32Array.from(row), [1], 6).topK).toEqual({ k: 3, accuracy: 1 });
  expect(scoreLogits(Float32Array.of(1, 2), [1], 2)).not.toHaveProperty('topK');
});
