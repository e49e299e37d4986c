import { beforeAll, expect, test } from 'vitest';
import { expectClose } from '../../../testing/closeness';
import { values } from '../../../testing/golden/values';
import { releaseAll, uploaded, withoutLeaks } from '../../../testing/gpuTensors';
import { nodeBackend } from '../../../hosts/node/gpu';
import type { StudioBackend } from '../../gpu/backend';
import { RULES } from '../../optim/rules';
import { adamWReference } from './adamW.reference';

let backend: StudioBackend;
beforeAll(async () => {
  backend = await nodeBackend();
});

const TORCH = { beta1: 0.9, beta2: 0.999, epsilon: 1e-8 };
const BLOG = { lr: 1e-3, weightDecay: 0.1 };

/** The parameter, m and v after every step. */
async function run(start: ArrayLike<number>, gradients: readonly ArrayLike<number>[], config: typeof BLOG) {
  const history: Float32Array[][] = [];
  await withoutLeaks(backend, async () => {
    const shape = [start.length];
    const parameter = uploaded(backend, start, shape);
    const [m, v] = [0, 1].map(() => uploaded(backend, new Float32Array(start.length), shape));
    for (const [index, numbers] of gradients.entries()) {
      const gradient = uploaded(backend, numbers, shape);
      RULES.adamw.step(backend, { parameter, gradient, moments: [m!, v!] }, { ...config, step: index + 1 }, null);
      history.push(await Promise.all([parameter, m!, v!].map((tensor) => backend.download(tensor))));
      expect(await backend.download(gradient)).toEqual(Float32Array.from(numbers));
      backend.release(gradient);
    }
    releaseAll(backend, [parameter, m!, v!]);
  });
  return history;
}

test('PyTorch’s three steps', async () => {
  const gradients = [
    [0.1, -0.2, 0, 1e-6],
    [0.05, 0.3, 0, -1e-6],
    [-0.4, 0.1, 0.5, 1e-6],
  ];
  const history = await run([1, -0.5, 0, 2], gradients, BLOG);
  const expected = [
    [0.9989, -0.49895, 0, 1.9988099],
    [0.99786793, -0.49914781, 0, 1.9986621],
    [0.99818961, -0.49945323, -0.00063881, 1.9981298],
  ];
  for (const [step, parameters] of expected.entries()) {
    for (const [i, value] of parameters.entries()) {
      expect(Math.abs(history[step]![0]![i]! - value)).toBeLessThan(3e-7);
    }
  }
});

test.each([4, 64, 516, 5000])('%i values over five steps', async (count) => {
  const start = values('start', count);
  const gradients = Array.from({ length: 5 }, (_, step) => values(`gradient ${step}`, count));
  const config = { ...BLOG, lr: 0.05 };
  const expected = adamWReference(
    start,
    gradients,
    gradients.map(() => ({ ...TORCH, ...config })),
  );
  const actual = await run(start, gradients, config);
  for (const [step, arrays] of expected.entries()) {
    for (const [i, array] of arrays.entries()) expectClose(actual[step]![i]!, array, 1e-6);
  }
});

test('a gradient of zero still decays the parameter', async () => {
  const [first] = await run([2, -1, 3, 0], [[0, 0, 0, 0]], { ...BLOG, lr: 0.1 });
  expectClose(first![0]!, [1.98, -0.99, 2.97, 0], 1e-7);
});
