import { expect, test } from 'vitest';
import { countActivations } from '../../../testing/activationCounts';
import { expectClose } from '../../../testing/closeness';
import { drained, uploaded } from '../../../testing/gpuTensors';
import { nodeBackend } from '../../../hosts/node/gpu';
import { BINS } from '../../analysis/activations';
import { fork } from '../../base/rng';
import { ActivationMeter } from '../../models/activationMeter';
import { addToHistogram, allocateHistogram } from './histogram';

const backend = await nodeBackend();

/** As a ReLU and an average leave them: many zeros, most below 2, some far beyond the last bin, and edges of bins. */
function activations(seed: number, rows: number, channels: number): Float32Array<ArrayBuffer> {
  const rng = fork(seed);
  const values = Float32Array.from(
    { length: rows * channels },
    () => Math.max(0, rng.normal()) * 2 ** (3 * rng.uniform()),
  );
  values.set([0, 1 / 4096, 2, 2 + 1 / 4096, 15.999, 16, 1000].slice(0, values.length));
  return values;
}

test.each([
  [1, 3],
  [7, 512],
  [33, 2048],
])('%i x %i, twice: every bin as counted here, to the last value', async (rows, channels) => {
  const parts = [activations(1, rows, channels), activations(2, rows, channels)];
  const tensors = allocateHistogram(backend, BINS);
  for (const part of parts) {
    const x = uploaded(backend, part, [rows, channels]);
    addToHistogram(backend, x, tensors, BINS);
    backend.release(x);
  }
  const expected = countActivations(...parts);
  const counts = new Uint32Array((await drained(backend, tensors.counts)).buffer);
  const sums = await drained(backend, tensors.sums);
  expect(counts.subarray(BINS.count)).toEqual(Uint32Array.of(expected.zeros, expected.beyond, expected.aboveTwo));
  expect(counts.findIndex((count, bin) => bin < BINS.count && count !== expected.bins[bin])).toBe(-1);
  const total = (column: number) => sums.filter((_, i) => i % 2 === column).reduce((a, b) => a + b, 0);
  expectClose([total(0), total(1)], [expected.sum, expected.beyondSum], 1e-6);
});

test('what is mapped below zero counts in the first bin', async () => {
  const tensors = allocateHistogram(backend, BINS);
  addToHistogram(backend, uploaded(backend, Float32Array.of(-3, -1e-5, 0, 1e-5), [1, 4]), tensors, BINS);
  const counts = new Uint32Array((await drained(backend, tensors.counts)).buffer);
  expect([counts[0], counts[BINS.count]]).toEqual([3, 1]);
});

test('a meter agrees with a sort, also in the middle', async () => {
  const parts = [activations(3, 20, 512), activations(4, 20, 512)];
  const meter = new ActivationMeter(backend);
  const readings = [];
  for (const part of parts) {
    const x = uploaded(backend, part, [20, 512]);
    meter.add(x);
    readings.push(meter.read(backend));
    backend.release(x);
  }
  const [half, whole] = await Promise.all(readings);
  meter.release();
  expect(half!.summarise(64).count).toBe(10_240);
  const sorted = Float32Array.of(...parts[0]!, ...parts[1]!).toSorted();
  const { count, mean, cdf, zeroFraction } = whole!.summarise(64);
  expect(count).toBe(20_480);
  expect(Math.abs(mean - sorted.reduce((a, b) => a + b, 0) / count)).toBeLessThan(1e-4);
  expect(zeroFraction).toBe(sorted.filter((v) => v === 0).length / count);
  for (const { x, p } of cdf.slice(1))
    expect(Math.abs(p - sorted.filter((v) => v < x).length / count)).toBeLessThan(1e-4);
});
