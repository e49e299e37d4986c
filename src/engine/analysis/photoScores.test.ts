import { expect, test } from 'vitest';
import { photoScores } from './photoScores';

test('prediction, loss and confidence are those of SciPy', () => {
  // log_softmax and argmax of these rows by SciPy 1.10 in float64.
  const logits = Float32Array.of(2, -1, 0.5, 0.25, 0.25, 0, -40, 60, 3);
  const { predictions, losses, confidences } = photoScores(logits, [0, 2, 3], [1, 0, 2, 0], 3);
  expect([...predictions]).toEqual([0, -1, 0, 1]);
  expect(losses[0]).toBeCloseTo(3.241311296657157, 5);
  expect(losses[2]).toBeCloseTo(1.2720194616385516, 5);
  expect(losses[3]).toBeCloseTo(100, 4);
  expect(losses[1]).toBeNaN();
  expect(confidences[0]).toBeCloseTo(0.78559703, 6);
  expect(confidences[2]).toBeCloseTo(0.35986747, 6);
  expect(confidences[3]).toBeCloseTo(1, 6);
  // At a temperature of 2, log_softmax(logits / 2).
  const cooled = photoScores(logits, [0, 2, 3], [1, 0, 2, 0], 3, 2);
  expect(cooled.losses[0]).toBeCloseTo(2.02797574385531, 5);
  expect(cooled.confidences[2]).toBeCloseTo(0.34692144824278853, 6);
});
