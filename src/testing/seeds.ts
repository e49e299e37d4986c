/** Several seeds for tests and screens: each two points better than the one before, gaining ten by fine-tuning. */
import type { ActivationStats } from '../engine/base/records';
import { parseStudioConfig, type RunId, STEPS } from '../engine/experiments/meta';
import { AS_TRAINED, FINE_TUNED } from '../engine/experiments/trainTest/meta';
import { type SeedPlan, type SeedStudy, withSeedRun } from '../protocol/queue';
import { qualityOf } from './quality';
import { runResult, scoreOf, sweepPoint } from './runs';

const PHOTOS = 100;
const SIZES = [64, 96, 128, 160];

/** The steps, and trainings at two sizes. */
export function seedStudy(seeds: readonly number[]): SeedStudy {
  const runs: readonly RunId[] = [...STEPS, 'trainTest'];
  const plan: SeedPlan = { id: 1, runs, seeds };
  const all = seeds.flatMap((seed, i) => runs.map((run) => ({ run, seed, more: 2 * i })));
  return all.reduce<SeedStudy | null>(
    (study, { run, seed, more }) =>
      withSeedRun(study, plan, resultOf(run, seed, more), run === 'trainTest' ? null : answersOf(more)),
    null,
  )!;
}

function resultOf(run: RunId, seed: number, more: number) {
  const config = parseStudioConfig({ seed });
  if (run === 'sweep') {
    const points = [60, 66, 70, 69].map((right, i) =>
      sweepPoint(SIZES[i]!, scoreOf(right + more, PHOTOS), {
        activations: activationsOf(SIZES[i]!, more),
        distance: i === 1 ? null : { ks: 0.01 * (i + 1), w1: 0.02 * (i + 1), from: 96 },
        classes: [0.3, 0.5, 0.7, 0.75, 0.8].map((share, k) => share + (k * i) / PHOTOS + more / PHOTOS),
      }),
    );
    return runResult('sweep', { config, points });
  }
  if (run === 'trainTest') return runResult(run, { config, rows: rowsOf(more) });
  const right = run === 'finetune' ? [66, 70] : [30, 45, 55, 58, 60];
  const epochs = right.map((correct, i) => ({
    step: 10 * (i + 1),
    record: {
      epoch: i + 1,
      train: scoreOf(correct, PHOTOS, 1.4 - 0.1 * i),
      validation: {
        ...scoreOf(correct + more, PHOTOS, 1.5 - 0.1 * i - more / PHOTOS),
        balancedAccuracy: correct / PHOTOS,
        macroF1: correct / PHOTOS,
      },
      best: true,
      seconds: 1,
      imagesPerSecond: 1,
    },
  }));
  if (run !== 'finetune') return runResult(run, { config, epochs });
  const [reference, before, after] = [96, 64, 96].map((size) => activationsOf(size, more)) as Stats3;
  const distance = { ks: 0.1, w1: 0.1, from: 96 };
  const shift = { reference, before, after, beforeDistance: distance, afterDistance: distance };
  return runResult(run, { config, epochs, shift });
}

type Stats3 = [ActivationStats, ActivationStats, ActivationStats];

const activationsOf = (size: number, more: number): ActivationStats => ({
  size,
  count: 100,
  zeroFraction: 0.3 - more / PHOTOS,
  aboveTwoFraction: 0.1,
  mean: 0.5,
  cdf: Array.from({ length: 100 }, (_, i) => ({
    x: i / 20,
    p: 1 - (0.7 + more / PHOTOS) * Math.exp((-i / 20) * (1 + size / 100)),
  })),
});

/** Two sizes trained at, four tested at, as trained and fine-tuned. */
const rowsOf = (more: number) =>
  [64, 128].flatMap((trainSize) =>
    [AS_TRAINED, FINE_TUNED].flatMap((name) =>
      SIZES.map((testSize, i) => ({
        name,
        views: name === FINE_TUNED ? ('train' as const) : null,
        trainSize,
        testSize,
        testMacs: testSize ** 2 * 36_000,
        score: scoreOf(50 + 3 * i + more + (name === FINE_TUNED ? 5 : 0) + (trainSize === 128 ? i : 0), PHOTOS),
        changed: null,
        epochs: 1,
        note: null,
        trained: [],
      })),
    ),
  );

/** Three right of four, and the more seeds before, the more; all equally sure. */
function answersOf(more: number) {
  const labels = Array.from({ length: PHOTOS }, (_, i) => i % 5);
  return qualityOf(
    labels,
    labels.map((label, i) => (i < 75 + more ? label : (label + 1) % 5)),
    5,
  );
}
