/** How the learning rate falls over a run, as a pure function of progress, and which optimiser takes it. */
import type { StudioConfig } from '../experiments/meta';
import type { OptimiserChoice } from './optimiser';

export type Schedule = 'none' | 'step';

export interface Method {
  optimiser: OptimiserChoice;
  schedule: Schedule;
}

/** FixRes divides by ten every 30 epochs of 120 in training and of 60 in fine-tuning; scaled, every quarter of a run. */
const STEPS_A_RUN = 4;
const GAMMA = 0.1;

/** What the learning rate is multiplied with in `epoch` (from 1) of `epochs`. */
export function scaleOf(schedule: Schedule, epoch: number, epochs: number): number {
  return schedule === 'none' ? 1 : GAMMA ** Math.floor((STEPS_A_RUN * (epoch - 1)) / epochs);
}

/** What a configuration asks for, in training and in fine-tuning alike. */
export function methodOf({ optimizer, momentum, schedule }: StudioConfig): Method {
  return { optimiser: optimizer === 'sgd' ? { kind: 'sgd', momentum } : { kind: 'adamw' }, schedule };
}
