/** Weights that stay on the GPU between looks: which are uploaded anew, and when none are left there. */
import { expect, test, vi } from 'vitest';
import { nullBackend } from '../hosts/node/nullGpu';
import { exportedModel } from '../testing/exported';
import { withoutLeaks } from '../testing/gpuTensors';

const backend = await nullBackend();
const { LookWeights } = await import('./lookWeights');

const first = exportedModel('tiny18');
const [second, third] = [structuredClone(first), structuredClone(first)];
const BYTES = [...first.state.tensors.values()].reduce((sum, { values }) => sum + values.byteLength, 0);

test('looks with the same weights share one network on the GPU, and others stand beside it, two at most', async () => {
  await withoutLeaks(backend, async () => {
    const weights = new LookWeights();
    const networkOf = (model: typeof first) => weights.during(backend, model, ({ state }) => Promise.resolve(state));
    const state = await networkOf(first);
    expect(await networkOf(first)).toBe(state);
    const other = await networkOf(second);
    expect(other).not.toBe(state);
    expect(await networkOf(first)).toBe(state);
    expect(weights.bytesBeside(backend, first.state)).toBe(BYTES);
    await networkOf(third);
    expect(weights.bytesBeside(backend, first.state)).toBe(BYTES);
    // The one that had waited longest left.
    expect(await networkOf(first)).toBe(state);
    expect(await networkOf(second)).not.toBe(other);
    weights.release();
  });
});

test('weights leave the GPU some seconds after the last look, and never under one', async () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  try {
    await withoutLeaks(backend, async () => {
      const weights = new LookWeights();
      const before = backend.usedBytes();
      await weights.during(backend, first, async () => {
        weights.release();
        vi.advanceTimersByTime(60_000);
        expect(backend.usedBytes()).toBeGreaterThan(before);
      });
      vi.advanceTimersByTime(5000);
      await weights.during(backend, first, () => Promise.resolve());
      vi.advanceTimersByTime(9000);
      expect(backend.usedBytes()).toBeGreaterThan(before);
      vi.advanceTimersByTime(1000);
    });
  } finally {
    vi.useRealTimers();
  }
});

test('a look that fails leaves nothing that is not let go of', async () => {
  await withoutLeaks(backend, async () => {
    const weights = new LookWeights();
    await expect(weights.during(backend, first, () => Promise.reject(new Error('torn')))).rejects.toThrow('torn');
    weights.release();
  });
});
