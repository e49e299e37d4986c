import { expect, test } from 'vitest';
import { values } from '../../../testing/golden/values';
import { drained, releaseAll, uploaded, withoutLeaks } from '../../../testing/gpuTensors';
import { nodeBackend } from '../../../hosts/node/gpu';
import { relu, reluGradient } from './relu';

const backend = await nodeBackend();

test.each([
  [1, 4],
  [64, 512],
  [5, 12],
])('%i x %i: forward and gradient, nothing passing at zero', async (rows, channels) => {
  const shape = [rows, channels];
  const xs = values('x', rows * channels).map((value) => Math.round(value * 8) / 8);
  const dys = values('dy', rows * channels);
  await withoutLeaks(backend, async () => {
    const [x, dy] = [uploaded(backend, xs, shape), uploaded(backend, dys, shape)];
    expect(await drained(backend, relu(backend, x))).toEqual(xs.map((value) => Math.max(value, 0)));
    reluGradient(backend, x, dy);
    expect(await drained(backend, dy)).toEqual(dys.map((value, i) => (xs[i]! > 0 ? value : 0)));
    releaseAll(backend, [x]);
  });
});
