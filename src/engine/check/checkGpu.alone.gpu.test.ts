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
  expect(backend.usedBytes()).toBe(before);
  expect(backend.choices).toBeUndefined();
});
