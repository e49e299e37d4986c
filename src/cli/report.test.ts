import { expect, test } from 'vitest';
import type { SweepPoint } from '../engine/base/records';
import { evaluationLine, fetchLine, hubLine, progressLine, rowLine, sweepTable } from './report';

const point = (size: number, correct: number): SweepPoint => ({
  size,
  resize: Math.floor(1.25 * size),
  correct,
  count: 200,
  accuracy: correct / 200,
  loss: 1.25,
  seconds: 2,
  distance: null,
  classes: [],
  changed: null,
  activations: { size, count: 10, zeroFraction: 0.4, aboveTwoFraction: 0.1, mean: 1, cdf: [] },
});

test('a model of the Hub is told with size and licence, its download with rate and time left', () => {
  const model = {
    id: 'a/b',
    file: 'm.safetensors',
    revision: '0123456789abcdef',
    bytes: 102.5e6,
    sha256: '',
    licence: null,
  };
  expect(hubLine(model)).toBe('hub: a/b, m.safetensors, 98 MiB, no licence named, version 0123456789ab');
  const progress = { id: 'a/b', done: 52.5e6, bytes: 102.5e6, bytesPerSecond: 10e6 };
  expect(fetchLine(progress)).toBe('downloading a/b: 50 MiB of 98 MiB, 9.5 MiB/s, 5 s left');
});

test('the sweep table has the own view first and names the best size', () => {
  const [header = '', own = '', ...rows] = sweepTable([point(64, 90), point(96, 120), point(128, 110)], {
    reference: point(64, 100),
    leader: { size: 96, name: 'best' },
  });
  expect(own).toContain("50.0 %     100/200   1.2500  40.0 %       –       –     –     –  the baseline's own view");
  expect(rows.map((row) => row.includes('best'))).toEqual([false, true, false]);
  expect(new Set([header, ...rows].map((line) => line.replace('  best', '').length)).size).toBe(1);
});

test('a size is marked by what it may be called, or not at all', () => {
  const rows = sweepTable([point(64, 90), point(96, 120)], { reference: null, leader: null });
  const named = { reference: null, leader: { size: 96, name: 'most accurate' } };
  expect(sweepTable([point(64, 90), point(96, 120)], named)[2]).toContain('most accurate');
  expect(rows.join('\n')).not.toContain('best');
});

test('a line of an experiment says what was tuned, on what, and what came of it', () => {
  const score = { loss: 0.51234, accuracy: 0.75, correct: 150, count: 200 };
  const row = {
    name: 'the classifier',
    views: 'test',
    trainSize: 96,
    testSize: 96,
    score,
    changed: null,
    epochs: 2,
    note: null,
  } as const;
  expect(rowLine(row)).toBe(
    'the classifier on test views, trained at 96 px, tested at 96 px  accuracy 75.0 % (150/200) loss 0.5123',
  );
  expect(rowLine({ ...row, views: null, note: 'μ 1' })).toMatch(/^the classifier, trained .* μ 1$/);
});

test('accuracies on more than a thousand photos have two decimals, as on the page', () => {
  const score = { loss: 0.786, accuracy: 3042 / 4279, correct: 3042, count: 4279 };
  expect(evaluationLine(score, { kind: 'eval', resize: 480, crop: 384 })).toBe(
    'validation accuracy 71.09 % (3042/4279), loss 0.7860 (resize 480, centre crop 384)',
  );
  expect(sweepTable([{ ...point(224, 1), ...score }], { reference: null, leader: null })[1]).toContain(
    '   71.09 %   3042/4279',
  );
});

test('progress leaves out what is not known yet', () => {
  const progress = {
    run: 'sweep' as const,
    phase: 'compiling' as const,
    epoch: 0,
    epochs: 0,
    batch: 0,
    batches: 4,
    size: 64,
    imagesPerSecond: null,
    epochSecondsLeft: null,
    runSecondsLeft: null,
    fraction: 0,
  };
  expect(progressLine(progress, null)).toBe('sweep: compiling kernels  batch 0/4');
  const known = { ...progress, phase: 'evaluating' as const, imagesPerSecond: 114.2, runSecondsLeft: 75 };
  expect(progressLine(known, 0.6824)).toBe(
    'sweep: evaluating at 64 px  batch 0/4  114 images/s  loss 0.682  1 min 15 s left',
  );
});
