import { expect, test } from 'vitest';
import { nullBackend } from '../../hosts/node/nullGpu';

test('a slow machine is measured by a small step, and the blog’s run worked out from it', async () => {
  const backend = await nullBackend();
  const { benchmarkMachine } = await import('./benchmark');
  const before = backend.usedBytes();
  // A clock that makes every step take ten seconds.
  let clock = 0;
  const run = benchmarkMachine(backend, {
    now: () => (clock += 10_000),
    signal: new AbortController().signal,
    memoryBytes: 2e9,
    loading: { photosPerSecond: 1e9, from: 'sample' },
    within: Infinity,
  });
  const shares: number[] = [];
  let next = await run.next();
  for (; !next.done; next = await run.next()) shares.push(next.value);
  const { imagesPerSecond, flopsPerSecond, measured, blogSeconds } = next.value;
  expect(shares).toEqual([0, 0.25]);
  expect(measured).toEqual({ rows: 4, size: 64 });
  // 7.9 GFLOP in ten seconds; a photo at 224 px takes 24.5 GFLOP to train on.
  expect(flopsPerSecond / 1e9).toBeCloseTo(0.8, 1);
  expect(imagesPerSecond).toBeCloseTo(flopsPerSecond / 24.5e9, 3);
  // The blog: 0.455 PFLOP an epoch of ten, 0.37 the sweep, 0.514 an epoch of five in fine-tuning.
  expect((blogSeconds * flopsPerSecond) / 1e15).toBeCloseTo(7.47, 1);
  expect(backend.usedBytes()).toBe(before);
});
