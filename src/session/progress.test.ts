import { expect, test } from 'vitest';
import { ProgressMeter, type Rates, secondsOf } from './progress';

const PHASES = [
  { phase: 'training', size: 64, images: 40, flops: 400 },
  { phase: 'evaluating', size: 64, images: 10, flops: 50 },
] as const;

test('rates and times left follow the records', () => {
  let now = 0;
  const rates: Rates = {};
  const meter = new ProgressMeter('baseline', 1, PHASES, rates, () => now);
  expect(meter.report()).toBeNull();
  meter.count({ kind: 'phase', phase: 'training', epoch: 1, batches: 4, images: 40, size: 64 });
  expect(meter.report()).toMatchObject({ phase: 'compiling', batch: 0, batches: 4, imagesPerSecond: null });
  const step = (seconds: number) => {
    now += seconds * 1000;
    meter.count({ kind: 'step', record: { globalStep: 1, epoch: 1, loss: 1, accuracy: 0 }, images: 10 });
  };
  step(30);
  expect(meter.report()).toMatchObject({ phase: 'compiling', batch: 1, imagesPerSecond: null });
  step(5);
  // 2 images/s: 20 images left take 10 s; 20 FLOP/s: the evaluation's 50 FLOP take 2.5 s.
  expect(meter.report()).toMatchObject({
    phase: 'training',
    batch: 2,
    imagesPerSecond: 2,
    epochSecondsLeft: 10,
    runSecondsLeft: 12.5,
  });
  now += 60_000;
  meter.restartClock();
  step(5);
  expect(meter.report()?.imagesPerSecond).toBeCloseTo(2, 9);
  expect(secondsOf(PHASES, rates)).toBeCloseTo(22.5, 9);
});

test('the share of a run goes by its work, and leaves out phases that were known already', () => {
  const sweep = [32, 64, 96].map((size) => ({ phase: 'evaluating' as const, size, images: 10, flops: size * size }));
  const meter = new ProgressMeter('sweep', 0, sweep, {}, () => 0);
  meter.count({ kind: 'phase', phase: 'evaluating', epoch: 0, batches: 2, images: 10, size: 96 });
  const before = (32 ** 2 + 64 ** 2) / (32 ** 2 + 64 ** 2 + 96 ** 2);
  expect(meter.report()?.fraction).toBeCloseTo(before, 9);
  meter.count({ kind: 'evaluated', images: 5 });
  expect(meter.report()?.fraction).toBeCloseTo(before + (1 - before) / 2, 9);
  // One that nobody planned comes after all others.
  meter.count({ kind: 'phase', phase: 'evaluating', epoch: 0, batches: 2, images: 10, size: 128 });
  expect(meter.report()?.fraction).toBe(1);
});

test('nothing is known before anything was measured', () => expect(secondsOf(PHASES, {})).toBeNull());
