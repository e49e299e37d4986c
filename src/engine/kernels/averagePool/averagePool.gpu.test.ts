import { beforeAll, expect, test } from 'vitest';
import { expectClose } from '../../../testing/closeness';
import { values } from '../../../testing/golden/values';
import { drained, releaseAll, uploaded, withoutLeaks } from '../../../testing/gpuTensors';
import { nodeBackend } from '../../../hosts/node/gpu';
import type { StudioBackend } from '../../gpu/backend';
import { globalAveragePool, globalAveragePoolGradient } from './averagePool';

let backend: StudioBackend;
beforeAll(async () => {
  backend = await nodeBackend();
});

test.each([
  [1, 1, 1, 4],
  [1, 7, 7, 2048],
  [3, 5, 8, 12],
  [70, 2, 2, 4],
])('%i x %i x %i x %i: forward and gradient', async (batch, height, width, channels) => {
  const shape = [batch, height, width, channels];
  const pixels = height * width;
  const xs = values('x', batch * pixels * channels);
  const dys = values('dy', batch * channels);
  const pooledAt = (i: number) => Math.floor(i / channels / pixels) * channels + (i % channels);
  const expected = new Float64Array(batch * channels);
  xs.forEach((value, i) => (expected[pooledAt(i)]! += value / pixels));
  await withoutLeaks(backend, async () => {
    const x = uploaded(backend, xs, shape);
    const dy = uploaded(backend, dys, [batch, channels]);
    const y = globalAveragePool(backend, x);
    expect(y.shape).toEqual([batch, channels]);
    expectClose(await drained(backend, y), expected, 1e-6);
    expectClose(
      await drained(backend, globalAveragePoolGradient(backend, dy, shape)),
      Float64Array.from(xs, (_, i) => dys[pooledAt(i)]! / pixels),
      1e-7,
    );
    releaseAll(backend, [x, dy]);
  });
});
