import { expect, test } from 'vitest';
import { nodeBackend } from '../../hosts/node/gpu';

const backend = await nodeBackend();
const { checkGpu } = await import('./checkGpu');

test('our kernels and stock TensorFlow.js’s come to the same step, each way to convolve', async () => {
  const before = backend.usedBytes();
  const check = await checkGpu(navigator.gpu, backend, () => performance.now());
  expect(check).toMatchObject({ arch: 'tiny18', agrees: true });
  expect(check.tensors).toBe(62);
  expect(check.ways.length).toBeGreaterThan(1);
  // The one that goes by Winograd's algorithm was taken: it rounds otherwise.
  const [winograd, direct] = ['winograd', 'subgroup'].map((way) => check.ways.find(({ name }) => name.startsWith(way)));
  expect(winograd!.gradient.error).not.toBe(direct!.gradient.error);
  expect(backend.usedBytes()).toBe(before);
  expect(backend.choices).toBeUndefined();
});
