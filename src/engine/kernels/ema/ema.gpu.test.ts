import { expect, test } from 'vitest';
import { expectClose } from '../../../testing/closeness';
import { values } from '../../../testing/golden/values';
import { releaseAll, uploaded, withoutLeaks } from '../../../testing/gpuTensors';
import { nodeBackend } from '../../../hosts/node/gpu';
import { ema } from './ema';
import { emaReference } from './ema.reference';

const backend = await nodeBackend();

test.each([4, 260, 5000])('%i values over five steps', async (count) => {
  const start = values('start', count);
  const steps = Array.from({ length: 5 }, (_, step) => values(`step ${step}`, count));
  const decays = [0, 0.5, 0.9, 0.99, 0.999];
  const expected = emaReference(start, steps, decays);
  await withoutLeaks(backend, async () => {
    const average = uploaded(backend, start, [count]);
    for (const [i, numbers] of steps.entries()) {
      const value = uploaded(backend, numbers, [count]);
      ema(backend, average, value, decays[i]!);
      expectClose(await backend.download(average), expected[i]!, 1e-6);
      backend.release(value);
    }
    backend.release(average);
  });
});

test('what stays the same is left alone to the bit', async () => {
  await withoutLeaks(backend, async () => {
    const numbers = values('x', 64);
    const [average, value] = [uploaded(backend, numbers, [64]), uploaded(backend, numbers, [64])];
    for (let step = 0; step < 10; step++) ema(backend, average, value, 0.9973);
    expect(await backend.download(average)).toEqual(Float32Array.from(numbers));
    releaseAll(backend, [average, value]);
  });
});
