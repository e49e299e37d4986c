import { expect, test } from 'vitest';
import {
  formatAccuracy,
  formatBytes,
  formatCount,
  formatDuration,
  formatEstimate,
  formatInterval,
  formatLoss,
  formatNoun,
  formatPercent,
  formatPoints,
  formatRate,
  formatSigned,
  keepUnits,
} from './format';

test('shares and differences', () => {
  expect(formatPercent(0.710914)).toBe('71.1 %');
  expect([400, 1000, 1001, 4279].map((photos) => formatAccuracy(0.710914, photos))).toEqual([
    '71.1 %',
    '71.1 %',
    '71.09 %',
    '71.09 %',
  ]);
  expect(formatInterval({ low: 0.6971, high: 0.7243 }, 4279)).toBe('69.71 to 72.43 %');
  expect(formatPoints(0.0858, 4279)).toBe('+8.58 points');
  expect(formatSigned(0.00001, 4279)).toBe('±0.00');
  expect(formatPoints(0.0858)).toBe('+8.6 points');
  expect(formatSigned(-0.0123)).toBe('−1.2');
  expect(formatSigned(-0.0001)).toBe('±0.0');
  expect(formatInterval({ low: 0.6971, high: 0.7243 })).toBe('69.7 to 72.4 %');
});

test('a half is rounded away from zero, whatever floating point has left of it', () => {
  expect([0.4125 - 0.25, 0.25 - 0.4125].map((difference) => formatPoints(difference))).toEqual([
    '+16.3 points',
    '−16.3 points',
  ]);
  // 57 of 400, which is 14.249999999999998 in percent.
  expect(formatAccuracy(57 / 400, 400)).toBe('14.3 %');
  expect(formatPercent(0.1425)).toBe('14.3 %');
  expect(formatInterval({ low: 0.1425, high: 0.4125 })).toBe('14.3 to 41.3 %');
  expect(formatSigned(0.0004999)).toBe('±0.0');
});

test('counts, losses and rates', () => {
  expect(formatCount(21397)).toBe('21,397');
  expect(formatNoun(1, 'class', 'classes')).toBe('1 class');
  expect(formatNoun(0, 'photo')).toBe('0 photos');
  expect(formatLoss(0.68244)).toBe('0.682');
  expect(formatLoss(12.34)).toBe('12.3');
  expect(formatRate(114.2)).toBe('114 images/s');
  expect(formatRate(3.14)).toBe('3.1 images/s');
});

test('durations', () => {
  expect([0.2, 42, 75, 3600, 7500, 200_000].map(formatDuration)).toEqual([
    'under 1 s',
    '42 s',
    '1 min 15 s',
    '1 h',
    '2 h 5 min',
    '2 d 7 h',
  ]);
});

test('what is expected is told no finer than it can be known', () => {
  expect([0.2, 42, 75, 2441, 7500, 738_000, 11_815_000].map((seconds) => formatEstimate(seconds))).toEqual([
    'under 1 s',
    'about 42 s',
    'about 1 min 15 s',
    'about 41 min',
    'about 2 h 5 min',
    'about 8 d 13 h',
    'about 137 d',
  ]);
  expect(formatEstimate(2441, '≈')).toBe('≈ 41 min');
});

test('units stay with their numbers', () => {
  expect(keepUnits('Best at 384 px: 77.9 %, so far')).toBe('Best at 384\u00a0px: 77.9\u00a0%, so far');
});

test('bytes', () => {
  expect([0, 512, 94e6, 5.5e9].map(formatBytes)).toEqual(['0 B', '512 B', '90 MiB', '5.1 GiB']);
});
