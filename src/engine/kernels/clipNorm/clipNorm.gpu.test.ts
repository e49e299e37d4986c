import { beforeAll, expect, test } from 'vitest';
import { expectClose } from '../../../testing/closeness';
import { releaseAll, uploaded, withoutLeaks } from '../../../testing/gpuTensors';
import { values } from '../../../testing/golden/values';
import { nodeBackend } from '../../../hosts/node/gpu';
import type { StudioBackend } from '../../gpu/backend';
import { initialLossScale, updateLossScale } from '../lossScale/lossScale';
import { newNormClip } from './clipNorm';
import { clipNormReference } from './clipNorm.reference';

let backend: StudioBackend;
beforeAll(async () => {
  backend = await nodeBackend();
});

const COUNTS = [4, 252, 70_004];
const norm = (all: readonly ArrayLike<number>[]) =>
  Math.sqrt(all.flatMap((one) => Array.from(one, (value) => value ** 2)).reduce((a, b) => a + b, 0));
const GRADIENTS = COUNTS.map((count) => values(`gradient ${count}`, count));

async function clipped(gradients: readonly ArrayLike<number>[], maxNorm: number, scaled = false) {
  const after: Float32Array[] = [];
  await withoutLeaks(backend, async () => {
    const scale = scaled ? initialLossScale(backend) : null;
    if (scale) updateLossScale(backend, scale, null);
    const tensors = gradients.map((one) =>
      uploaded(
        backend,
        Float32Array.from(one, (value) => value * (scaled ? 2 ** 16 : 1)),
        [one.length],
      ),
    );
    const clip = newNormClip(backend, tensors, maxNorm);
    clip.clip(backend, scale?.state ?? null);
    for (const tensor of tensors) after.push(await backend.download(tensor));
    clip.release();
    releaseAll(backend, [...tensors, ...(scale ? [scale.state, scale.overflow] : [])]);
  });
  return after.map((one) => one.map((value) => value / (scaled ? 2 ** 16 : 1)));
}

test.each([
  ['above', 0.5, false],
  ['far above', 1e-4, false],
  ['under a loss scale', 0.5, true],
])('gradients of a norm %s the most are scaled down to it, as torch does', async (_, maxNorm, scaled) => {
  const after = await clipped(GRADIENTS, maxNorm, scaled);
  const expected = clipNormReference(GRADIENTS, maxNorm);
  for (const [i, one] of after.entries()) expectClose(one, expected[i]!, 2e-6);
  expect(norm(after)).toBeCloseTo(maxNorm, 5);
});

test.each([false, true])('gradients of less stay as they are, to the bit; under a loss scale: %s', async (scaled) => {
  expect(await clipped(GRADIENTS, 2 * norm(GRADIENTS), scaled)).toEqual(GRADIENTS.map((one) => Float32Array.from(one)));
});

test('one gradient is clipped in the same bits time and again', async () => {
  expect(await clipped(GRADIENTS, 0.3)).toEqual(await clipped(GRADIENTS, 0.3));
});
