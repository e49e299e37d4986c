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
  now += 250;
  // 2 images/s: 20 images left take 10 s; 20 FLOP/s: the evaluation's 50 FLOP take 2.5 s.
  expect(meter.report()).toMatchObject({
    phase: 'training',
    batch: 2,
    imagesPerSecond: 2,
    epochSecondsLeft: 10,
    runSecondsLeft: 12.5,
  });
  expect(secondsOf(PHASES, rates)).toBeCloseTo(22.5, 9);
});

/** Steps of 8 photos that come home four at a time, 5 ms apart, every 6.4 s: 5 images a second. */
test('steps that come home in bursts show the true rate and time left, and the next plan inherits it', () => {
  let now = 0;
  const rates: Rates = {};
  const phases = [{ phase: 'training', size: 64, images: 8 * 40, flops: 8 * 40 * 100 }] as const;
  const meter = new ProgressMeter('baseline', 1, phases, rates, () => now);
  meter.count({ kind: 'phase', phase: 'training', epoch: 1, batches: 40, images: 8 * 40, size: 64 });
  let done = 0;
  for (let burst = 0; burst < 10; burst++) {
    now = 20_000 + burst * 6400;
    for (let i = 0; i < 4; i++) {
      meter.count({ kind: 'step', record: { globalStep: ++done, epoch: 1, loss: 1, accuracy: 0 }, images: 8 });
      // Told in the middle of a burst, too.
      const { imagesPerSecond, epochSecondsLeft } = meter.report()!;
      if (burst >= 2) expect(imagesPerSecond).toBeCloseTo(5, 2);
      if (burst >= 2) expect(epochSecondsLeft).toBeCloseTo((320 - 8 * done) / 5, 0);
      now += 5;
    }
    now += 250;
    if (burst >= 1) expect(meter.report()?.imagesPerSecond).toBeCloseTo(5, 2);
    if (burst >= 1) expect(secondsOf(phases, rates)).toBeCloseTo(64, 0);
  }
});

test('steps too quick to be told apart are counted over a window, and a change of pace is seen within it', () => {
  let now = 0;
  const phases = [{ phase: 'training', size: 64, images: 1e6, flops: 1e6 }] as const;
  const meter = new ProgressMeter('baseline', 1, phases, {}, () => now);
  meter.count({ kind: 'phase', phase: 'training', epoch: 1, batches: 1e5, images: 1e6, size: 64 });
  const run = (seconds: number, stepMs: number) => {
    for (const end = now + seconds * 1000; now < end;) {
      now += stepMs;
      meter.count({ kind: 'step', record: { globalStep: 1, epoch: 1, loss: 1, accuracy: 0 }, images: 10 });
    }
  };
  run(60, 20);
  expect(meter.report()?.imagesPerSecond).toBeCloseTo(500, -1);
  run(10, 40);
  expect(meter.report()?.imagesPerSecond).toBeCloseTo(250, -1);
});

test('a phase over within one burst still tells the next plan something', () => {
  let now = 0;
  const rates: Rates = {};
  const meter = new ProgressMeter('evaluate', 0, [PHASES[1]], rates, () => now);
  meter.count({ kind: 'phase', phase: 'evaluating', epoch: 0, batches: 2, images: 10, size: 64 });
  now = 5000;
  for (let i = 0; i < 2; i++) meter.count({ kind: 'evaluated', images: 5 });
  expect(secondsOf([PHASES[1]], rates)).toBeCloseTo(5, 9);
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
