/** What can be queued, what is, and how it is said. */
import { EXPERIMENTS, type ExperimentId, RUN_META, type RunId, type StepId, STEPS } from '../engine/experiments/meta';
import type { QueuePlan } from '../protocol/messages';
import type { QueuedRun } from '../protocol/queue';
import { formatBytes, formatCount, formatEstimate, formatNoun } from '../words/format';
import { startBlock, type StartBlock } from './selectors';
import type { StudioState } from './state';

/** In the order that they are gone through. */
export const QUEUEABLE: readonly (StepId | ExperimentId)[] = [...STEPS, ...EXPERIMENTS];

export const MOST_SEEDS = 20;

/** Why the first of them cannot start; what stands on a run before it is not asked for. While a run goes on, nothing is. */
export const queueBlock = (state: StudioState, runs: readonly RunId[]): StartBlock | null =>
  runs[0] === undefined || state.run.state !== 'idle' ? null : startBlock(state, runs[0]);

/** Those that have not begun, which can be moved and dropped. */
export const waitingIn = ({ queue }: Pick<StudioState, 'queue'>): readonly QueuedRun[] =>
  queue.runs.filter(({ begun }) => begun === null);

/** The ids with one moved by so many places. */
export function moved(ids: readonly number[], id: number, by: number): number[] {
  const from = ids.indexOf(id);
  const others = ids.filter((one) => one !== id);
  return others.toSpliced(Math.max(0, Math.min(others.length, from + by)), 0, id);
}

/** "ResNet-50 recipe" in short: what tells queued runs of one kind apart. */
export function queuedDetails({ run, config, study }: QueuedRun): string {
  const epochs = RUN_META[run].epochs?.(config) ?? 0;
  return [
    `trained at ${config.trainSize} px`,
    ...(epochs > 0 ? [formatNoun(epochs, 'epoch')] : []),
    ...(study ? [`seed ${config.seed}`] : []),
  ].join(', ');
}

/** "about 42 min, 3.4 GiB of GPU memory at most, 1,234,567 photos through the network" */
export function queuePlanText({ seconds, memoryBytes, images }: QueuePlan): string {
  const time = seconds === null ? 'time: measured once started' : formatEstimate(seconds);
  return `${time}, ${formatBytes(memoryBytes)} of GPU memory at most, ${formatCount(images)} photos through the network`;
}
