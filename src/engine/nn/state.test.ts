import { expect, test } from 'vitest';
import { initialHostState, type TensorSpec } from './state';

const SPECS: TensorSpec[] = [
  { key: 'conv1.weight', shape: [7, 7, 3, 64], role: 'conv' },
  { key: 'bn1.weight', shape: [64], role: 'gamma' },
  { key: 'bn1.bias', shape: [64], role: 'beta' },
  { key: 'bn1.running_mean', shape: [64], role: 'runningMean' },
  { key: 'bn1.running_var', shape: [64], role: 'runningVariance' },
  { key: 'bn1.num_batches_tracked', shape: [], role: 'batchesTracked' },
  { key: 'conv2.weight', shape: [3, 3, 64, 128], role: 'conv' },
  { key: 'conv3.weight', shape: [1, 1, 256, 512], role: 'conv' },
  { key: 'fc.weight', shape: [100, 512], role: 'linear' },
  { key: 'fc.bias', shape: [100], role: 'linearBias' },
];

function valuesOf(seed: number, key: string) {
  return initialHostState(SPECS, seed).tensors.get(key)!.values;
}

function moments(values: Float32Array) {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const central = (power: number) => values.reduce((sum, value) => sum + (value - mean) ** power, 0) / values.length;
  const deviation = Math.sqrt(central(2));
  return { mean, deviation, kurtosis: central(4) / deviation ** 4 };
}

/** In standard errors of its being zero. */
function correlation(a: Float32Array, b: Float32Array): number {
  const count = Math.min(a.length, b.length);
  const product = a.subarray(0, count).reduce((sum, value, i) => sum + value * b[i]!, 0) / count;
  return (product / (moments(a).deviation * moments(b).deviation)) * Math.sqrt(count);
}

// kaiming_normal_(mode='fan_out', nonlinearity='relu'): sqrt(2 / (kernel² · outputs)).
test.each([
  ['conv1.weight', Math.sqrt(2 / (49 * 64))],
  ['conv2.weight', Math.sqrt(2 / (9 * 128))],
  ['conv3.weight', Math.sqrt(2 / 512)],
])('%s is normal with a deviation of %d', (key, expected) => {
  const values = valuesOf(7, key);
  const { mean, deviation, kurtosis } = moments(values);
  const error = 1 / Math.sqrt(values.length);
  expect(Math.abs(mean / expected)).toBeLessThan(4 * error);
  expect(Math.abs(deviation / expected - 1)).toBeLessThan(4 * Math.SQRT1_2 * error);
  expect(Math.abs(kurtosis - 3)).toBeLessThan(4 * Math.sqrt(24) * error);
});

// nn.Linear: uniform in ± 1 / sqrt(inputs), weight and bias alike.
test.each(['fc.weight', 'fc.bias'])('%s is uniform between its bounds', (key) => {
  const values = valuesOf(7, key);
  const bound = 1 / Math.sqrt(512);
  const { mean, deviation } = moments(values);
  expect(Math.max(...values.map(Math.abs))).toBeLessThanOrEqual(bound);
  expect(Math.max(...values)).toBeGreaterThan(0.95 * bound);
  expect(Math.min(...values)).toBeLessThan(-0.95 * bound);
  expect(Math.abs(mean / bound)).toBeLessThan(4 / Math.sqrt(3 * values.length));
  expect(Math.abs((deviation / bound) * Math.sqrt(3) - 1)).toBeLessThan(2 / Math.sqrt(values.length));
});

test('norms begin as the identity', () => {
  const state = initialHostState(SPECS, 7);
  const all = (key: string) => new Set(state.tensors.get(key)!.values);
  expect([all('bn1.weight'), all('bn1.running_var')]).toEqual([new Set([1]), new Set([1])]);
  expect([all('bn1.bias'), all('bn1.running_mean')]).toEqual([new Set([0]), new Set([0])]);
  expect([...state.batchesTracked]).toEqual([['bn1.num_batches_tracked', 0]]);
  expect([...state.tensors.keys()]).toEqual(SPECS.map(({ key }) => key).filter((key) => !key.endsWith('tracked')));
});

test('weights follow the seed, and tensors are independent of one another', () => {
  expect(valuesOf(1, 'conv1.weight')).toEqual(valuesOf(1, 'conv1.weight'));
  expect(valuesOf(1, 'conv1.weight')).not.toEqual(valuesOf(2, 'conv1.weight'));
  const [first, second] = [valuesOf(1, 'conv1.weight'), valuesOf(1, 'conv2.weight')];
  expect(Math.abs(correlation(first, second))).toBeLessThan(4);
  expect(Math.abs(correlation(first, valuesOf(2, 'conv1.weight')))).toBeLessThan(4);
});
