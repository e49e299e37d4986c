import { expect, test } from 'vitest';
import { softmax } from '../engine/analysis/score';
import type { Dataset } from '../engine/dataset/types';
import type { Evaluation } from '../engine/train/evaluate';
import { temperatureOn } from './temperature';

/** Of `photos`, every fourth is of the class that the logits find the less likely, by `sure`; other classes are out of question. */
function measured(photos: number, sure: number, wrongEvery = 4, classes = 2) {
  const validation = Array.from({ length: photos }, (_, i) => ({ label: i % wrongEvery === 0 ? 1 : 0 }));
  const dataset = { classes: Array.from({ length: classes }), validation } as unknown as Dataset;
  const indices = Int32Array.from(validation, (_, i) => i);
  const logits = new Float32Array(classes * photos).fill(-1000);
  for (let i = 0; i < photos; i++) logits.set([sure, 0], i * classes);
  return { dataset, evaluation: { indices, logits } as unknown as Evaluation };
}

test('the temperature makes a network as sure as it is right', () => {
  const { dataset, evaluation } = measured(40, 4);
  const temperature = temperatureOn(evaluation, dataset)!;
  // Right on three of four: a logit of ln 3.
  expect(temperature).toBeCloseTo(4 / Math.log(3), 3);
  expect(softmax([4, 0], temperature)[0]).toBeCloseTo(0.75, 4);
});

test('photos that cannot tell it tell none: too few, or all of them right', () => {
  const few = measured(28, 4);
  expect(temperatureOn(few.evaluation, few.dataset)).toBeNull();
  const right = measured(40, 4, 0);
  expect(temperatureOn(right.evaluation, right.dataset)).toBeNull();
});

test('of very many logits, photos at equal distances tell it', () => {
  // A stride of two, which meets the wrong photos, every third, as often as all do.
  const { dataset, evaluation } = measured(1536, 4, 3, 256);
  expect(temperatureOn(evaluation, dataset)).toBeCloseTo(4 / Math.log(2), 3);
});
