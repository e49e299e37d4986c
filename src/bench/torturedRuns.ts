/** What is tortured: steps on small photos. */
import { PRESET_CONFIGS, type RunId, type StudioConfig } from '../engine/experiments/meta';

const CONFIG: StudioConfig = {
  ...PRESET_CONFIGS.quick,
  arch: 'tiny18',
  batchSize: 8,
  epochs: 6,
  averaging: 0.9,
  trainSize: 48,
  evalResize: 56,
  evalCrop: 48,
  sweepMode: 'sizes',
  sweepSizes: [48, 64],
  tuneEpochs: 2,
  tuneSize: 64,
};

export interface TorturedPlan {
  runs: readonly RunId[];
  config: StudioConfig;
}

/** All steps and an experiment of several trainings; and what a test has time for, on a GPU that computes nothing. */
export const PLANS = {
  whole: { runs: ['baseline', 'sweep', 'finetune', 'progressive'], config: CONFIG },
  short: { runs: ['baseline', 'sweep'], config: { ...CONFIG, arch: 'tiny10', epochs: 4 } },
} as const satisfies Record<string, TorturedPlan>;
export type PlanId = keyof typeof PLANS;

/** The steps, going through by themselves or on with what an earlier one has left. */
export interface Victim {
  /** Where it is, once it says so; null when it has ended. */
  where(): Promise<{ run: RunId; epoch: number } | null>;
  /** Asks it to save now. */
  save(): Promise<void>;
  /** Takes its GPU away. */
  lose(): Promise<void>;
  /** kill -9; resolves when it is gone. */
  kill(): Promise<void>;
  /** Its exit code; null where it was killed. */
  ended: Promise<number | null>;
}

/** What is compared in the end. */
export const FILES = [
  ['metrics', 'metrics.json'],
  ['weights', 'weights.safetensors'],
  ['predictions', 'predictions.csv'],
] as const;
