/**
 * An exponential moving average of a network's weights and running statistics, which often tests better than the weights
 * themselves (Polyak and Juditsky 1992; torchvision's ExponentialMovingAverage).
 */
import type { StudioBackend } from '../gpu/backend';
import type { Readable } from '../gpu/readback';
import { bindableBytes, type Recorder } from '../gpu/recorder';
import { ema } from '../kernels/ema/ema';
import { contiguousRuns } from '../nn/arena';
import { downloadState } from '../nn/download';
import { allocateLike, type HostState, type NetworkState, releaseState, writeState } from '../nn/state';

/** An average on the CPU, as plain data. */
export interface AverageState {
  /** Steps that it has taken in. */
  steps: number;
  weights: HostState;
}

export interface WeightAverage {
  readonly state: NetworkState;
  /** Takes in the network's present weights, after a step. */
  update(): void;
  /** As it is when this is called. Waits for the GPU. */
  saved(device: Readable): Promise<AverageState>;
  /** Goes on from what `saved` gave. */
  restore(backend: StudioBackend, saved: AverageState): void;
  release(): void;
}

/** After `steps` of them: it grows towards `decay`, or short runs would remember their start. As TensorFlow's. */
export const decayAfter = (steps: number, decay: number): number => Math.min(decay, (1 + steps) / (10 + steps));

/** Starts at the network's weights, and takes as much memory. */
export function newAverage(recorder: Recorder, network: NetworkState, decay: number): WeightAverage {
  const state = allocateLike(recorder, network);
  const runsOf = (arena: NetworkState['arenas'][number]) =>
    contiguousRuns(arena.slices, bindableBytes(recorder.report)).map(({ whole }) => whole);
  const values = network.arenas.flatMap(runsOf);
  const pairs = state.arenas.flatMap(runsOf).map((average, i) => ({ average, value: values[i]! }));
  let steps = 0;
  const take = (kept: number) => {
    for (const { average, value } of pairs) ema(recorder, average, value, kept);
    for (const [key, count] of network.batchesTracked) state.batchesTracked.set(key, count);
  };
  for (const { whole } of state.arenas) recorder.clear(whole);
  take(0);
  return {
    state,
    update() {
      steps++;
      take(decayAfter(steps, decay));
    },
    async saved(device) {
      const taken = steps;
      return { steps: taken, weights: await downloadState(device, state) };
    },
    restore(backend, saved) {
      steps = saved.steps;
      writeState(backend, state, saved.weights);
    },
    release: () => releaseState(recorder, state),
  };
}
