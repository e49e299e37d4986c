import { beforeAll, expect, test } from 'vitest';
import { expectClose } from '../../../testing/closeness';
import { values } from '../../../testing/golden/values';
import { drained, releaseAll, uploaded, withoutLeaks } from '../../../testing/gpuTensors';
import { nodeBackend } from '../../../hosts/node/gpu';
import type { StudioBackend } from '../../gpu/backend';
import { maxPool, maxPoolGradient } from './maxPool';
import { maxPoolReference, type PoolCase, pooledSize } from './maxPool.reference';

let backend: StudioBackend;
beforeAll(async () => {
  backend = await nodeBackend();
});

const CASES: PoolCase[] = [
  { shape: [1, 1, 1, 4], kernel: 3, stride: 2, pad: 1 },
  { shape: [2, 8, 8, 64], kernel: 3, stride: 2, pad: 1 },
  { shape: [3, 7, 9, 12], kernel: 3, stride: 2, pad: 1 },
  { shape: [1, 10, 5, 8], kernel: 2, stride: 2, pad: 0 },
  { shape: [2, 6, 7, 4], kernel: 3, stride: 1, pad: 1 },
  { shape: [1, 9, 8, 4], kernel: 2, stride: 3, pad: 0 },
];

async function expectReference(given: PoolCase, xs: Float32Array) {
  const [n, h, w, c] = given.shape;
  const outShape: [number, number, number, number] = [n, pooledSize(h, given), pooledSize(w, given), c];
  const dys = values('dy', outShape[0] * outShape[1] * outShape[2] * c);
  const expected = maxPoolReference(given, xs, dys);
  await withoutLeaks(backend, async () => {
    const x = uploaded(backend, xs, given.shape);
    const dy = uploaded(backend, dys, outShape);
    const { y, which } = maxPool(backend, x, given);
    const dx = maxPoolGradient(backend, { dy, which }, given.shape, given);
    expect(y.shape).toEqual(outShape);
    expect([...(await drained(backend, y))]).toEqual([...expected.y]);
    expectClose(await drained(backend, dx), expected.dx, 1e-7);
    releaseAll(backend, [x, dy, which]);
  });
}

const volume = (shape: readonly number[]) => shape.reduce((a, b) => a * b, 1);

test.each(CASES)('$shape, kernel $kernel, stride $stride, pad $pad: forward and gradient', async (given) => {
  await expectReference(given, values('x', volume(given.shape)));
});

test.each(CASES)('$shape, kernel $kernel: the first of equals gets the gradient', async (given) => {
  const few = values('x', volume(given.shape)).map((value) => Math.round(value * 3));
  await expectReference(given, few);
});

test('padding never wins, however negative the pixels', async () => {
  const given = CASES[2]!;
  await expectReference(
    given,
    values('x', volume(given.shape)).map((value) => value - 1000),
  );
});
