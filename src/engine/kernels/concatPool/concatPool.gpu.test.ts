import { beforeAll, expect, test } from 'vitest';
import { expectClose } from '../../../testing/closeness';
import { values } from '../../../testing/golden/values';
import { drained, releaseAll, uploaded, withoutLeaks } from '../../../testing/gpuTensors';
import { nodeBackend } from '../../../hosts/node/gpu';
import type { StudioBackend } from '../../gpu/backend';
import { concatPool, concatPoolGradient } from './concatPool';
import { concatPoolReference } from './concatPool.reference';

let backend: StudioBackend;
beforeAll(async () => {
  backend = await nodeBackend();
});

test.each([
  [1, 1, 1, 4],
  [2, 7, 7, 512],
  [3, 5, 8, 12],
  [70, 2, 2, 4],
])('%i x %i x %i x %i: forward and gradient, with and without equals', async (batch, height, width, channels) => {
  const shape = [batch, height, width, channels];
  const pixels = height * width;
  const all = values('x', batch * pixels * channels);
  const dys = values('dy', batch * 2 * channels);
  for (const xs of [all, all.map((value) => Math.round(2 * value))]) {
    const expected = concatPoolReference({ batch, pixels, channels }, xs, dys);
    await withoutLeaks(backend, async () => {
      const x = uploaded(backend, xs, shape);
      const dy = uploaded(backend, dys, [batch, 2 * channels]);
      const { y, which } = concatPool(backend, x);
      expect(y.shape).toEqual([batch, 2 * channels]);
      const dx = concatPoolGradient(backend, { dy, which }, shape);
      expectClose(await drained(backend, y), expected.y, 1e-6);
      expectClose(await drained(backend, dx), expected.dx, 1e-6);
      releaseAll(backend, [x, dy, which]);
    });
  }
});
