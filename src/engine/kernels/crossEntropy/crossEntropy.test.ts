import { dispose, memory, mul, tensor1d, tensor2d, type Tensor2D, tidy, valueAndGrad } from '@tensorflow/tfjs-core';
import { beforeAll, expect, test } from 'vitest';
import { expectClose } from '../../../testing/closeness';
import { values } from '../../../testing/golden/values';
import { nodeBackend } from '../../../testing/nodeGpu';
import type { StudioBackend } from '../../gpu/backend';
import { crossEntropy } from './crossEntropy';
import { crossEntropyReference } from './crossEntropy.reference';

let backend: StudioBackend;
beforeAll(async () => {
  backend = await nodeBackend();
});

/** Loss, right answers and the gradient of `weight` times the loss. */
async function run(logits: ArrayLike<number>, labels: readonly number[], classes: number, weight = 1) {
  const before = memory().numTensors;
  const z = tensor2d(Float32Array.from(logits), [labels.length, classes]);
  const y = tensor1d([...labels], 'int32');
  const { loss, correct } = tidy(() => crossEntropy(z, y));
  const { value, grad } = valueAndGrad((input) => mul(crossEntropy(input as Tensor2D, y).loss, weight))(z);
  const [lossValue = NaN] = await backend.download(loss);
  const [right = NaN] = await backend.download(correct);
  const gradient = await backend.download(grad);
  dispose([z, y, value, loss, correct, grad]);
  expect(memory().numTensors).toBe(before);
  backend.gpu.throwIfFailed();
  return { loss: lossValue, correct: right, gradient };
}

test.each([
  [1, 2],
  [3, 5],
  [64, 10],
  [65, 3],
  [131, 40],
])('%i rows of %i classes', async (rows, classes) => {
  const logits = values('logits', rows * classes).map((value) => value * 20);
  const labels = Array.from({ length: rows }, (_, row) => (row * 7) % classes);
  const expected = crossEntropyReference(logits, labels, classes);
  const actual = await run(logits, labels, classes);
  expectClose([actual.loss], [expected.loss], 1e-6);
  expect(actual.correct).toBe(expected.correct);
  expectClose(actual.gradient, expected.gradient, 2e-6);
  const weighted = await run(logits, labels, classes, -3);
  expectClose(
    weighted.gradient,
    expected.gradient.map((value) => -3 * value),
    2e-6,
  );
});

test('PyTorch’s numbers', async () => {
  const logits = [2, 0.5, -1, 0, 1, 0.1, 0.2, 0.3, 0.4, 0.5];
  const { loss, correct } = await run(logits, [0, 3], 5);
  expect(loss).toBeCloseTo(1.04692721, 6);
  expect(correct).toBe(1);
  expect((await run(logits.slice(0, 5), [0], 5)).loss).toBeCloseTo(0.57443804, 6);
  expect((await run(logits.slice(5), [3], 5)).loss).toBeCloseTo(1.51941633, 6);
  const { loss: far, gradient } = await run([1000, 0, 0, 0, -1000], [4], 5);
  expect(far).toBe(2000);
  expect([...gradient]).toEqual([1, 0, 0, 0, -1]);
});

test('the first of equal maxima is the prediction', async () => {
  const logits = [1, 1, 0, 0, 1, 1, 1, 1, 1];
  expect((await run(logits, [0, 1, 0], 3)).correct).toBe(3);
  expect((await run(logits, [1, 2, 2], 3)).correct).toBe(0);
});

test('a logit that is not a number makes the loss infinite or none', async () => {
  expect((await run([0, NaN, 0, 0], [0, 1], 2)).loss).not.toBeLessThan(Infinity);
});
