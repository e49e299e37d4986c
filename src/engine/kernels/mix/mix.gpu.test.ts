import { expect, test } from 'vitest';
import { expectClose } from '../../../testing/closeness';
import { values } from '../../../testing/golden/values';
import { drained, uploaded, withoutLeaks } from '../../../testing/gpuTensors';
import { nodeBackend } from '../../../hosts/node/gpu';
import { mix } from './mix';
import { mixReference } from './mix.reference';

const backend = await nodeBackend();

test.each([
  [1, 1, { left: 0, top: 0, right: 1, bottom: 1, share: 0.25 }],
  [2, 5, { left: 0, top: 0, right: 5, bottom: 5, share: 0.7 }],
  [3, 33, { left: 4, top: 7, right: 33, bottom: 20, share: 0 }],
  [2, 8, { left: 3, top: 3, right: 3, bottom: 8, share: 0 }],
])('%i photos of %i px', async (count, size, region) => {
  await withoutLeaks(backend, async () => {
    const photos = values('photos', (count + 1) * size * size * 3);
    const tensor = uploaded(backend, photos, [count + 1, size, size, 3]);
    const mixed = mix(backend, tensor, region);
    expect(mixed.shape).toEqual([count, size, size, 3]);
    const actual = await drained(backend, mixed);
    expectClose(actual, mixReference(photos, size, region), 1e-6);
    expect([...actual].every(Number.isFinite)).toBe(true);
    backend.release(tensor);
  });
});
