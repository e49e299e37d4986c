/** The blog's run as a measure: its three steps on its photos, and how long they take at a machine's rates. */
import { parseStudioConfig, STEPS } from './meta';
import { plannedPhases } from './plan';
import type { PlannedPhase } from './planning';

/** Training photos, validation photos and classes of the blog. */
export const CASSAVA = { trainCount: 17118, validationCount: 4279, classes: 5 };

interface MachineRates {
  /** In training steps. */
  flopsPerSecond: number;
  /** Read and decoded; null if that was not measured. */
  photosPerSecond: number | null;
}

/**
 * Photos load while others are computed with, so a phase takes as long as the slower of both.
 * @returns seconds, and whether photos are what most of them wait for.
 */
export function timeOf(
  phases: readonly Pick<PlannedPhase, 'flops' | 'images'>[],
  { flopsPerSecond, photosPerSecond }: MachineRates,
): { seconds: number; loadingBound: boolean } {
  let [seconds, loading] = [0, 0];
  for (const { flops, images } of phases) {
    const computing = flops / flopsPerSecond;
    const waiting = photosPerSecond === null ? 0 : images / photosPerSecond;
    seconds += Math.max(computing, waiting);
    if (waiting > computing) loading += waiting;
  }
  return { seconds, loadingBound: loading > seconds / 2 };
}

/** Baseline, sweep, and fine-tuning at 384 px. */
export function blogPhases(): PlannedPhase[] {
  const shape = { config: parseStudioConfig({}), arch: 'resnet50', tuneSize: 384, ...CASSAVA } as const;
  return STEPS.flatMap((run) => plannedPhases({ ...shape, run }));
}
