/** A run's settings and its plan in one line: what the action bar says before it starts. */
import {
  EXPERIMENT_META,
  epochsOf,
  type ExperimentId,
  isExperiment,
  startsAnew,
  type StepId,
  type StudioConfig,
} from '../engine/experiments/meta';
import { ARCHITECTURES, labelOf } from '../engine/models/meta';
import type { RunPlan } from '../protocol/messages';
import { formatBytes, formatEstimate, formatNoun } from '../words/format';
import { leaderOf, settingsOf } from './selectors';
import type { StudioState } from './state';

/** Above this a person should know before pressing the button, seconds. */
const LONG_SECONDS = 2 * 3600;

/** "ResNet-50", "224 px", "10 epochs": what sets a run apart, the weightiest first. */
export function recipeOf(
  run: StepId | ExperimentId,
  state: Pick<StudioState, 'config' | 'sweep' | 'weights'>,
): string[] {
  const { sweep, weights } = state;
  const config = settingsOf(run, state);
  const arch = archLabel(weights && !startsAnew(run) ? weights.arch : config.arch);
  const count = epochsOf(run, config);
  const epochs = count > 0 ? [formatNoun(count, 'epoch')] : [];
  if (isExperiment(run)) return [arch, EXPERIMENT_META[run].sizes(config), ...epochs];
  switch (run) {
    case 'baseline':
      return [arch, `${config.trainSize} px`, ...epochs, `batch of ${config.batchSize}`];
    case 'sweep':
      return [arch, sizesWords(config)];
    case 'finetune': {
      const size = config.tuneSize || leaderOf(sweep)?.size;
      return [arch, size ? `${size} px` : 'best size', ...epochs];
    }
    default:
      return run satisfies never;
  }
}

/** "ResNet-50"; a file's own word where we know no other. */
export function archLabel(arch: string): string {
  const known = ARCHITECTURES.find((one) => one === arch);
  return known ? labelOf(known) : arch;
}

function sizesWords({ sweepMode, sweepSizes, sweepFrom, sweepTo }: StudioConfig): string {
  if (sweepMode === 'best') return `the best from ${sweepFrom} to ${sweepTo} px`;
  return `${formatNoun(sweepSizes.length, 'size')}, ${Math.min(...sweepSizes)} to ${Math.max(...sweepSizes)} px`;
}

/** "≈ 42 min", or null before this machine was measured. */
export const planTime = ({ seconds }: RunPlan): string | null =>
  seconds === null ? null : formatEstimate(seconds, '≈');

/** "3.4 GiB", with the parts a batch goes through in. */
export function planMemory({ memoryBytes, steps, microBatch }: RunPlan, batchSize: number): string {
  const parts = steps > 0 && microBatch > 0 && microBatch < batchSize ? `, in parts of ${microBatch}` : '';
  return `${formatBytes(memoryBytes)}${parts}`;
}

export const isLong = ({ seconds }: RunPlan): boolean => seconds !== null && seconds > LONG_SECONDS;
