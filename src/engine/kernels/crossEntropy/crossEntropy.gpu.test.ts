import { beforeAll, expect, test } from 'vitest';
import { expectClose } from '../../../testing/closeness';
import { values } from '../../../testing/golden/values';
import { drained, releaseAll, uploaded, withoutLeaks } from '../../../testing/gpuTensors';
import { nodeBackend } from '../../../hosts/node/gpu';
import type { StudioBackend } from '../../gpu/backend';
import { crossEntropy } from './crossEntropy';
import { crossEntropyReference } from './crossEntropy.reference';

let backend: StudioBackend;
beforeAll(async () => {
  backend = await nodeBackend();
});

/** Mean loss, right answers and the gradient; with `doublings`, of 2^(16 + doublings) times the loss. */
async function run(
  logits: ArrayLike<number>,
  labels: readonly number[],
  classes: number,
  { doublings, shares }: { doublings?: number; shares?: ArrayLike<number> } = {},
) {
  const result = { loss: NaN, correct: NaN, gradient: new Float32Array() as Float32Array };
  await withoutLeaks(backend, async () => {
    const z = uploaded(backend, logits, [labels.length, classes]);
    const y = backend.upload(Int32Array.from(labels));
    const score = uploaded(backend, [0, 0], [2]);
    const scaling = doublings === undefined ? null : uploaded(backend, [doublings, 0, 0, 0], [4]);
    const targets = shares ? uploaded(backend, shares, z.shape) : null;
    const options = { score, weight: 1 / labels.length, targets, scaling };
    result.gradient = await drained(backend, crossEntropy(backend, z, y, options));
    [result.loss = NaN, result.correct = NaN] = await drained(backend, score);
    releaseAll(backend, [z, y, ...(targets ? [targets] : []), ...(scaling ? [scaling] : [])]);
  });
  return result;
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
  const scaled = await run(logits, labels, classes, { doublings: -14 });
  expectClose([scaled.loss], [expected.loss], 1e-6);
  expectClose(
    scaled.gradient,
    expected.gradient.map((value) => 4 * value),
    2e-6,
  );
});

test('targets of any size, scaled or not', async () => {
  const [rows, classes] = [67, 6];
  const logits = values('logits', rows * classes).map((value) => value * 10);
  const shares = values('shares', rows * classes).map(Math.abs);
  const labels = Array.from({ length: rows }, (_, row) => row % classes);
  const expected = crossEntropyReference(logits, labels, classes, { targets: shares });
  for (const [factor, options] of [[1, { shares }] as const, [4, { shares, doublings: -14 }] as const]) {
    const { loss, correct, gradient } = await run(logits, labels, classes, options);
    expectClose([loss], [expected.loss], 1e-6);
    expect(correct).toBe(expected.correct);
    expectClose(
      gradient,
      expected.gradient.map((value) => factor * value),
      2e-6,
    );
  }
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

test('parts of a batch add up to the whole', async () => {
  const [rows, classes] = [12, 5];
  const logits = values('logits', rows * classes).map((value) => value * 5);
  const labels = Array.from({ length: rows }, (_, row) => row % classes);
  const whole = await run(logits, labels, classes);
  await withoutLeaks(backend, async () => {
    const score = uploaded(backend, [0, 0], [2]);
    const gradients: number[] = [];
    for (const start of [0, 8]) {
      const part = labels.slice(start, start + 8);
      const z = uploaded(backend, logits.slice(start * classes, (start + 8) * classes), [part.length, classes]);
      const y = backend.upload(Int32Array.from(part));
      const options = { score, weight: 1 / rows };
      gradients.push(...(await drained(backend, crossEntropy(backend, z, y, options))));
      releaseAll(backend, [z, y]);
    }
    const [loss, correct] = await drained(backend, score);
    expect(loss).toBeCloseTo(whole.loss, 6);
    expect(correct).toBe(whole.correct);
    expectClose(gradients, whole.gradient, 1e-6);
  });
});
