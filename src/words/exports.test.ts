import { expect, test } from 'vitest';
import type { Proof } from '../protocol/messages';
import { formatDifference, proofSentence, proofTable } from './exports';

const proof: Proof = {
  format: 'onnx',
  output: 'logits',
  runtime: 'onnxruntime-web 1.30.0',
  size: 128,
  photos: 8,
  equalAnswers: 8,
  largestDifference: 2.14e-6,
  tolerance: 1e-3,
  holds: true,
};

test.each([
  [0, '0'],
  [2.14e-6, '0.0000021'],
  [0.34, '0.34'],
  [12.4, '12'],
  [Infinity, 'more than any number'],
])('a difference of %d reads %s', (difference, text) => expect(formatDifference(difference)).toBe(text));

test('a proof is told with its program, its photos and both measures', () => {
  expect(proofSentence(proof)).toBe(
    'Opened by onnxruntime-web 1.30.0 on 8 validation photos at 128 px: a logit differs by 0.0000021 at most, and every answer is the same.',
  );
  expect(proofSentence({ ...proof, equalAnswers: 7 })).toContain('7 of 8 answers are the same');
});

test('the table has a line a file and names what was left out', () => {
  const refused = [{ format: 'timm', reason: 'timm cannot say it' }] as const;
  expect(
    proofTable([proof, { ...proof, format: 'tfjs', runtime: 'TensorFlow.js 4.22.0', holds: false }], refused),
  ).toEqual([
    'format         opened by               photos       largest difference  equal answers',
    'ONNX           onnxruntime-web 1.30.0  8 at 128 px  0.0000021           8 of 8         holds',
    'TensorFlow.js  TensorFlow.js 4.22.0    8 at 128 px  0.0000021           8 of 8         DOES NOT HOLD',
    'timm folder: Left out. timm cannot say it.',
  ]);
  expect(proofTable([], [])).toEqual([]);
});
