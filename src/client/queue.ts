/** What can be queued, what is, and how it is said. */
import { EXPERIMENTS, type ExperimentId, RUN_META, type RunId, type StepId, STEPS } from '../engine/experiments/meta';
import type { QueuePlan } from '../protocol/messages';
import { type QueuedRun, unitHasBegun, unitsOf } from '../protocol/queue';
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

/** The ids with the unit of one moved past its neighbour; null where there is none that it may pass. */
export function moved(runs: readonly QueuedRun[], id: number, by: -1 | 1): number[] | null {
  const units = unitsOf(runs);
  const from = units.findIndex((unit) => unit.some((one) => one.id === id));
  const [unit, neighbour] = [units[from]!, units[from + by]];
  if (!neighbour || unitHasBegun(unit) || unitHasBegun(neighbour)) return null;
  const others = units.toSpliced(from, 1);
  return others.toSpliced(from + by, 0, unit).flatMap((one) => one.map((run) => run.id));
}

/** "ResNet-50 recipe" in short: what tells queued runs of one kind apart. */
export function queuedDetails({ run, config, study, uncounted }: QueuedRun): string {
  const epochs = RUN_META[run].epochs?.(config) ?? 0;
  return [
    `trained at ${config.trainSize} px`,
    ...(epochs > 0 ? [formatNoun(epochs, 'epoch')] : []),
    ...(study ? [`seed ${config.seed}`] : []),
    ...(uncounted ? ['not counted for it'] : []),
  ].join(', ');
}

/** "about 42 min, 3.4 GiB of GPU memory at most, 1,234,567 photos through the network" */
export function queuePlanText({ seconds, memoryBytes, images }: QueuePlan): string {
  const time = seconds === null ? 'time: measured once started' : formatEstimate(seconds);
  return `${time}, ${formatBytes(memoryBytes)} of GPU memory at most, ${formatCount(images)} photos through the network`;
}
