import { expect, test } from 'vitest';
import { fork } from '../base/rng';
import { ChannelMoments, matchMoments } from './channelMoments';

const CHANNELS = 3;

function drawn(seed: number, rows: number, mean: number, deviation: number): Float32Array {
  const rng = fork(seed);
  return Float32Array.from({ length: rows * CHANNELS }, (_, i) => (mean + deviation * rng.normal()) * (1 + (i % 3)));
}

const column = (values: Float32Array, c: number) => [...values].filter((_, i) => i % CHANNELS === c);
/** Adds what lies in [from, to) of `values` [..., C] as a batch. */
function add(moments: ChannelMoments, values: Float32Array, from = 0, to = values.length): void {
  const columns = Array.from({ length: moments.channels }, (_, c) =>
    [...values.subarray(from, to)].filter((__, i) => i % moments.channels === c),
  );
  moments.add(columns.map(meanOf), columns.map(varianceOf), (to - from) / moments.channels);
}

const varianceOf = (values: readonly number[]) => meanOf(values.map((v) => (v - meanOf(values)) ** 2));
const meanOf = (values: readonly number[]) =>
  values.length === 0 ? 0 : values.reduce((a, b) => a + b, 0) / values.length;

test('moments of batches are those of the whole', () => {
  const values = drawn(3, 900, 5, 0.1);
  const moments = new ChannelMoments(CHANNELS);
  for (const [from, to] of [
    [0, 300],
    [300, 300],
    [300, 2100],
    [2100, 2700],
  ] as const) {
    add(moments, values, from, to);
  }
  const variance = moments.variance();
  for (let c = 0; c < CHANNELS; c++) {
    const own = column(values, c);
    expect(moments.mean[c]).toBeCloseTo(meanOf(own), 9);
    expect(variance[c]).toBeCloseTo(varianceOf(own), 9);
  }
});

test('matching gives every channel the other’s mean and variance', () => {
  const [test, reference] = [drawn(1, 500, -1, 2), drawn(2, 700, 0.3, 0.5)];
  const [from, to] = [new ChannelMoments(CHANNELS), new ChannelMoments(CHANNELS)];
  add(from, test);
  add(to, reference);
  const { scale, shift } = matchMoments(from, to);
  const matched = new ChannelMoments(CHANNELS);
  add(
    matched,
    test.map((value, i) => scale[i % CHANNELS]! * value + shift[i % CHANNELS]!),
  );
  for (let c = 0; c < CHANNELS; c++) {
    expect(matched.mean[c]).toBeCloseTo(to.mean[c]!, 5);
    expect(matched.variance()[c]).toBeCloseTo(to.variance()[c]!, 4);
  }
});

test('a channel that never varies is only moved', () => {
  const [from, to] = [new ChannelMoments(1), new ChannelMoments(1)];
  add(from, Float32Array.of(2, 2));
  add(to, Float32Array.of(4, 6));
  expect(matchMoments(from, to)).toEqual({ scale: Float32Array.of(1), shift: Float32Array.of(3) });
});
