import { beforeAll, expect, test } from 'vitest';
import { expectClose } from '../../../testing/closeness';
import { values } from '../../../testing/golden/values';
import { drained, releaseAll, uploaded, withoutLeaks } from '../../../testing/gpuTensors';
import { nodeBackend } from '../../../hosts/node/gpu';
import type { StudioBackend } from '../../gpu/backend';
import { dropout, type DropoutOptions } from './dropout';
import { dropoutReference } from './dropout.reference';

let backend: StudioBackend;
beforeAll(async () => {
  backend = await nodeBackend();
});

async function run(xs: Float32Array, channels: number, options: DropoutOptions): Promise<Float32Array> {
  let ys = new Float32Array();
  await withoutLeaks(backend, async () => {
    const x = uploaded(backend, xs, [xs.length / channels, channels]);
    ys = (await drained(backend, dropout(backend, x, options))) as typeof ys;
    releaseAll(backend, [x]);
  });
  return ys;
}

test.each([
  [1, 4, 0.5],
  [64, 4096, 0.25],
  [7, 512, 0.5],
  [3, 12, 0],
])('%i x %i, p = %d', async (rows, channels, p) => {
  const xs = values('x', rows * channels);
  const options = { p, seed: 0xfedcba98, firstRow: 3 };
  expectClose(await run(xs, channels, options), dropoutReference(xs, channels, options), 1e-7);
});

test('the share that falls is p, whatever the seed, and independent of another seed’s', async () => {
  const [rows, channels, p] = [64, 4096, 0.25];
  const ones = new Float32Array(rows * channels).fill(1);
  const fallen = async (seed: number) =>
    (await run(ones, channels, { p, seed, firstRow: 0 })).map((y) => Number(y === 0));
  const shares = (a: Float32Array) => a.reduce((sum, value) => sum + value, 0) / a.length;
  const deviation = Math.sqrt((p * (1 - p)) / ones.length);
  const [first, second] = [await fallen(0), await fallen(1)];
  for (const one of [first, second]) expect(Math.abs(shares(one) - p)).toBeLessThan(4 * deviation);
  const both = first.map((value, i) => value * second[i]!);
  expect(Math.abs(shares(both) - p * p)).toBeLessThan(4 * Math.sqrt((p * p * (1 - p * p)) / ones.length));
});

test('parts of a batch fall as the whole does', async () => {
  const [rows, channels] = [6, 20];
  const xs = values('x', rows * channels);
  const options = { p: 0.5, seed: 7, firstRow: 0 };
  const whole = await run(xs, channels, options);
  const rest = await run(xs.slice(2 * channels), channels, { ...options, firstRow: 2 });
  expect(rest).toEqual(whole.slice(2 * channels));
});
