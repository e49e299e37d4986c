import { beforeAll, expect, test } from 'vitest';
import { expectClose } from '../../../testing/closeness';
import golden from '../../../testing/golden/sgd.json';
import { values } from '../../../testing/golden/values';
import { releaseAll, uploaded, withoutLeaks } from '../../../testing/gpuTensors';
import { nodeBackend } from '../../../hosts/node/gpu';
import type { StudioBackend } from '../../gpu/backend';
import { RULES } from '../../optim/rules';
import { sgdReference, type SgdStep } from './sgd.reference';

let backend: StudioBackend;
beforeAll(async () => {
  backend = await nodeBackend();
});

const PAPER: SgdStep = { lr: 0.1, weightDecay: 1e-4, momentum: 0.9 };

/** The parameter and its velocity after every step. */
async function run(start: ArrayLike<number>, gradients: readonly ArrayLike<number>[], steps: readonly SgdStep[]) {
  const history: { parameter: Float32Array; velocity: Float32Array }[] = [];
  await withoutLeaks(backend, async () => {
    const shape = [start.length];
    const parameter = uploaded(backend, start, shape);
    const velocity = uploaded(backend, new Float32Array(start.length), shape);
    for (const [index, numbers] of gradients.entries()) {
      const gradient = uploaded(backend, numbers, shape);
      RULES.sgd.step(
        backend,
        { parameter, gradient, moments: [velocity] },
        { ...steps[index]!, step: index + 1 },
        null,
      );
      history.push({ parameter: await backend.download(parameter), velocity: await backend.download(velocity) });
      expect(await backend.download(gradient)).toEqual(Float32Array.from(numbers));
      backend.release(gradient);
    }
    releaseAll(backend, [parameter, velocity]);
  });
  return history;
}

test('PyTorch’s three steps, the last at a tenth of the learning rate', async () => {
  const history = await run(golden.start, golden.gradients, [PAPER, PAPER, { ...PAPER, lr: 0.01 }]);
  for (const [step, expected] of golden.steps.entries()) {
    for (const [i, value] of expected.entries()) {
      expect(Math.abs(history[step]!.parameter[i]! - value)).toBeLessThan(3e-7);
    }
  }
});

test.each([4, 64, 516, 5000])('%i values over five steps', async (count) => {
  const start = values('start', count);
  const gradients = Array.from({ length: 5 }, (_, step) => values(`gradient ${step}`, count));
  const expected = sgdReference(start, gradients, PAPER);
  const actual = await run(
    start,
    gradients,
    gradients.map(() => PAPER),
  );
  for (const [step, { parameter, velocity }] of expected.entries()) {
    expectClose(actual[step]!.parameter, parameter, 1e-6);
    expectClose(actual[step]!.velocity, velocity, 1e-6);
  }
});
