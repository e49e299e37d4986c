/** Several seeds for tests and screens: each two points better than the one before, gaining ten by fine-tuning. */
import { parseStudioConfig, type RunId, STEPS } from '../engine/experiments/meta';
import { type SeedPlan, type SeedStudy, withSeedRun } from '../protocol/queue';
import { runResult, scoreOf, sweepPoint } from './runs';

const PHOTOS = 100;

export function seedStudy(seeds: readonly number[]): SeedStudy {
  const plan: SeedPlan = { id: 1, runs: STEPS, seeds };
  const results = seeds.flatMap((seed, i) => STEPS.map((run) => resultOf(run, seed, 2 * i)));
  return results.reduce<SeedStudy | null>((study, result) => withSeedRun(study, plan, result), null)!;
}

function resultOf(run: RunId, seed: number, more: number) {
  const config = parseStudioConfig({ seed });
  if (run === 'sweep') {
    const points = [60, 66, 70, 69].map((right, i) => sweepPoint(64 + 32 * i, scoreOf(right + more, PHOTOS)));
    return runResult('sweep', { config, points });
  }
  const right = run === 'finetune' ? [66, 70] : [30, 45, 55, 58, 60];
  const epochs = right.map((correct, i) => ({
    step: 10 * (i + 1),
    record: {
      epoch: i + 1,
      train: scoreOf(correct, PHOTOS),
      validation: scoreOf(correct + more, PHOTOS),
      best: true,
      seconds: 1,
      imagesPerSecond: 1,
    },
  }));
  return runResult(run, { config, epochs });
}
