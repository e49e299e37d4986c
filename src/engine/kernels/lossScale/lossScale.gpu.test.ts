import { beforeAll, expect, test } from 'vitest';
import { releaseAll, uploaded, withoutLeaks } from '../../../testing/gpuTensors';
import { values } from '../../../testing/golden/values';
import { nodeBackend } from '../../../hosts/node/gpu';
import type { StudioBackend } from '../../gpu/backend';
import type { GpuTensor } from '../../gpu/recorder';
import { RULES } from '../../optim/rules';
import { findOverflow, initialLossScale, updateLossScale } from './lossScale';

let backend: StudioBackend;
beforeAll(async () => {
  backend = await nodeBackend();
});

const BETAS = { beta1: 0.9, beta2: 0.999 };
const RATES = { lr: 1e-3, weightDecay: 0.1 };
const COUNT = 1000;

/** Steps AdamW on gradients that carry the scale's factor; after each, the parameter and the scale's state. */
async function run(gradients: readonly ArrayLike<number>[]) {
  const history: { parameter: Float32Array; state: Float32Array }[] = [];
  await withoutLeaks(backend, async () => {
    const scale = initialLossScale(backend);
    const parameter = uploaded(backend, values('parameter', COUNT), [COUNT]);
    const [m, v] = [0, 1].map(() => uploaded(backend, new Float32Array(COUNT), [COUNT]));
    for (const numbers of gradients) {
      const [doublings = 0] = await backend.download(scale.state);
      const scaled = Float32Array.from(numbers, (value) => value * 2 ** (16 + doublings));
      const gradient = uploaded(backend, scaled, [COUNT]);
      findOverflow(backend, scale, gradient);
      updateLossScale(backend, scale, BETAS);
      RULES.adamw.step(backend, { parameter, gradient, moments: [m!, v!] }, { ...RATES, step: 1 }, scale.state);
      history.push({ parameter: await backend.download(parameter), state: await backend.download(scale.state) });
      backend.release(gradient);
    }
    releaseAll(backend, [parameter, m!, v!, scale.state, scale.overflow]);
  });
  return history;
}

/** The same steps without a scale. */
async function plain(gradients: readonly ArrayLike<number>[]) {
  const parameter = uploaded(backend, values('parameter', COUNT), [COUNT]);
  const [m, v] = [0, 1].map(() => uploaded(backend, new Float32Array(COUNT), [COUNT]));
  for (const [index, numbers] of gradients.entries()) {
    const gradient = uploaded(backend, numbers, [COUNT]);
    RULES.adamw.step(backend, { parameter, gradient, moments: [m!, v!] }, { ...RATES, step: index + 1 }, null);
    backend.release(gradient);
  }
  const result = await backend.download(parameter);
  releaseAll(backend, [parameter, m!, v!]);
  return result;
}

const GOOD = [0, 1, 2, 3].map((step) => values(`gradient ${step}`, COUNT));

test('scaled steps are the steps without a scale', async () => {
  const history = await run(GOOD);
  const expected = await plain(GOOD);
  const actual = history.at(-1)!.parameter;
  for (const [i, value] of expected.entries()) expect(Math.abs(actual[i]! - value)).toBeLessThan(1e-6);
  expect(history.at(-1)!.state.slice(0, 5)).toEqual(Float32Array.from([0, 2 ** -16, 1, 4, 0]));
});

test.each([Infinity, -Infinity, NaN])('a gradient of %f leaves the step out and halves the factor', async (bad) => {
  for (const at of [0, COUNT - 1]) {
    const broken = GOOD[1]!.slice();
    broken[at] = bad;
    const [first, left, next] = await run([GOOD[0]!, broken, GOOD[2]!]);
    expect(left!.parameter).toEqual(first!.parameter);
    expect(left!.state.slice(0, 5)).toEqual(Float32Array.from([-1, 2 ** -16, 0, 0, 1]));
    // The step that was left out does not count for AdamW's bias correction either.
    const expected = await plain([GOOD[0]!, GOOD[2]!]);
    for (const [i, value] of expected.entries()) expect(Math.abs(next!.parameter[i]! - value)).toBeLessThan(1e-6);
    expect(next!.state.slice(0, 5)).toEqual(Float32Array.from([-1, 2 ** -15, 1, 1, 1]));
  }
});

test('the factor doubles after two thousand good steps', async () => {
  await withoutLeaks(backend, async () => {
    const scale = initialLossScale(backend);
    for (let step = 0; step < 2000; step++) updateLossScale(backend, scale, BETAS);
    const [doublings, , , good] = await backend.download(scale.state);
    expect([doublings, good]).toEqual([1, 0]);
    releaseAll(backend, [scale.state, scale.overflow]);
  });
});

test.each(['sgd', 'lion'] as const)('%s undoes the factor, too, and leaves out what overflows', async (kind) => {
  const rates = { lr: 0.1, weightDecay: 1e-4, step: 1 };
  const gradient = values('gradient', COUNT);
  await withoutLeaks(backend, async () => {
    const scale = initialLossScale(backend);
    const step = async (numbers: Float32Array, parameter: GpuTensor, velocity: GpuTensor, scaled: boolean) => {
      const tensor = uploaded(backend, scaled ? numbers.map((value) => value * 2 ** 16) : numbers, [COUNT]);
      if (scaled) {
        findOverflow(backend, scale, tensor);
        updateLossScale(backend, scale, RULES[kind].betas());
      }
      const tensors = { parameter, gradient: tensor, moments: [velocity] };
      RULES[kind].step(backend, tensors, rates, scaled ? scale.state : null);
      backend.release(tensor);
      return backend.download(parameter);
    };
    const parameters = [0, 1].map(() => uploaded(backend, values('parameter', COUNT), [COUNT]));
    const velocities = [0, 1].map(() => uploaded(backend, new Float32Array(COUNT), [COUNT]));
    const plainly = await step(gradient, parameters[0]!, velocities[0]!, false);
    const scaled = await step(gradient, parameters[1]!, velocities[1]!, true);
    expect(scaled).toEqual(plainly);
    const broken = gradient.with(7, Infinity);
    expect(await step(broken, parameters[1]!, velocities[1]!, true)).toEqual(scaled);
    releaseAll(backend, [...parameters, ...velocities, scale.state, scale.overflow]);
  });
});
