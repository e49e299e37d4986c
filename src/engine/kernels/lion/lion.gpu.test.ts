import { expect, test } from 'vitest';
import { expectClose } from '../../../testing/closeness';
import { values } from '../../../testing/golden/values';
import { releaseAll, uploaded, withoutLeaks } from '../../../testing/gpuTensors';
import { nodeBackend } from '../../../hosts/node/gpu';
import { RULES } from '../../optim/rules';
import { lionReference } from './lion.reference';

const backend = await nodeBackend();

const OWN = { beta1: 0.9, beta2: 0.99 };
const RATES = { lr: 0.01, weightDecay: 0.5 };

/** The parameter and its moment after every step. */
async function run(start: ArrayLike<number>, gradients: readonly ArrayLike<number>[], momentum?: number) {
  const history: { parameter: Float32Array; moment: Float32Array }[] = [];
  await withoutLeaks(backend, async () => {
    const shape = [start.length];
    const parameter = uploaded(backend, start, shape);
    const moment = uploaded(backend, new Float32Array(start.length), shape);
    for (const [index, numbers] of gradients.entries()) {
      const gradient = uploaded(backend, numbers, shape);
      const tensors = { parameter, gradient, moments: [moment] };
      RULES.lion.step(backend, tensors, { ...RATES, momentum, step: index + 1 }, null);
      history.push({ parameter: await backend.download(parameter), moment: await backend.download(moment) });
      expect(await backend.download(gradient)).toEqual(Float32Array.from(numbers));
      backend.release(gradient);
    }
    releaseAll(backend, [parameter, moment]);
  });
  return history;
}

test('two steps by hand: signs, decoupled decay, and no step where there is no gradient', async () => {
  const [first, second] = await run(
    [1, -2, 0, 4],
    [
      [0.1, -3, 0, 0],
      [-1, -3, 0, 1e-6],
    ],
  );
  expectClose(first!.parameter, [0.985, -1.98, 0, 3.98], 1e-6);
  expectClose(first!.moment, [0.001, -0.03, 0, 0], 1e-6);
  // 0.9 * 0.001 - 0.1 is below zero: the first turns round.
  expectClose(second!.parameter, [0.985 * 0.995 + 0.01, -1.98 * 0.995 + 0.01, 0, 3.98 * 0.995 - 0.01], 1e-6);
  expectClose(second!.moment, [0.001 * 0.99 - 0.01, -0.03 * 0.99 - 0.03, 0, 1e-8], 1e-6);
});

test.each([
  { count: 4 },
  { count: 64 },
  { count: 516 },
  { count: 5000 },
  // As a cycle moves it.
  { count: 5000, momentum: 0.85 },
])('$count values over five steps, momentum $momentum', async ({ count, momentum }) => {
  const start = values('start', count);
  const gradients = Array.from({ length: 5 }, (_, step) => values(`gradient ${step}`, count));
  const step = { ...OWN, ...RATES, ...(momentum !== undefined && { beta1: momentum }) };
  const expected = lionReference(start, gradients, step);
  const actual = await run(start, gradients, momentum);
  for (const [i, { parameter, moment }] of expected.entries()) {
    expectClose(actual[i]!.parameter, parameter, 1e-6);
    expectClose(actual[i]!.moment, moment, 1e-6);
  }
});
