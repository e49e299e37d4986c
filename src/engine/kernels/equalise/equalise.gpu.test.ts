import { expect, test } from 'vitest';
import { values } from '../../../testing/golden/values';
import { drained, uploaded } from '../../../testing/gpuTensors';
import { nodeBackend } from '../../../hosts/node/gpu';
import { expectClose } from '../../../testing/closeness';
import { equalise } from './equalise';

const backend = await nodeBackend();

test.each([
  [1, 4],
  [3, 512],
  [70, 2048],
])('%i x %i: what is above zero is mapped, what is not stays', async (rows, channels) => {
  const given = Float32Array.from(values('x', rows * channels), (value) => Math.max(0, value));
  expect(given).toContain(0);
  const x = uploaded(backend, given, [rows, channels]);
  equalise(backend, x, { scale: 1.7, shift: -0.2 });
  const expected = Float64Array.from(given, (value) => (value > 0 ? 1.7 * value - 0.2 : value));
  expectClose(await drained(backend, x), expected, 1e-6);
});
