/**
 * An optimiser over a set of named parameters, by one of the rules of `rules.ts`. Decay is on every tensor and the learning
 * rate one for all, unless parameters are grouped.
 */
import type { StudioBackend } from '../gpu/backend';
import { type Readable, readFloats } from '../gpu/readback';
import { bindableBytes, type GpuTensor, type Recorder } from '../gpu/recorder';
import { newNormClip } from '../kernels/clipNorm/clipNorm';
import { findOverflow, initialLossScale, updateLossScale } from '../kernels/lossScale/lossScale';
import type { Precision } from '../kernels/storage';
import { allocateArena, contiguousRuns } from '../nn/arena';
import type { OptimiserKind } from './meta';
import { RULES } from './rules';

/** Parameters that are stepped alike: what their rates are, times the optimiser's. */
export interface Group {
  lr: number;
  weightDecay: number;
}

/** The group of a parameter, by its key; groups of the same numbers are one. */
export type Grouping = (key: string) => Group;

export interface OptimiserConfig {
  lr: number;
  weightDecay: number;
  /** One group if not given. */
  grouping?: Grouping;
  /** Of the activations' gradients: half precision goes with a scaled loss. float32 if not given. */
  precision?: Precision;
}

/** What one step of an optimiser takes. */
export interface Rates {
  /** Times the optimiser's learning rate. */
  lr: number;
  /** SGD's, or the first beta of the others; the optimiser's own if not given. */
  momentum?: number;
}

export interface OptimiserChoice {
  kind: OptimiserKind;
  /** In place of the rule's own, where the schedule gives none. */
  momentum?: number;
  /** Gradients whose norm, all together, is above it are scaled down to it before the step; left as they are if not given. */
  maxNorm?: number;
}

const ONE_GROUP: Grouping = () => ({ lr: 1, weightDecay: 1 });

/** What an optimiser keeps from step to step, as plain data on the CPU. */
export interface OptimiserState {
  kind: OptimiserKind;
  /** Steps so far, those that a loss scale left out included. */
  steps: number;
  /** By the rule's order and by parameter key. */
  moments: readonly ReadonlyMap<string, Float32Array<ArrayBuffer>>[];
  /** f32 [8] of lossScale/update.wgsl; null in float32. */
  lossScale: Float32Array<ArrayBuffer> | null;
}

export interface Optimiser {
  /** Where the gradients are added up, by parameter key; zero after `clearGradients`. */
  readonly gradients: ReadonlyMap<string, GpuTensor>;
  clearGradients(): void;
  /** What the loss's gradient is to be scaled by, for `crossEntropy`; null for nothing. */
  readonly scaling: GpuTensor | null;
  /** Changes the parameters in place, at the optimiser's own rates where none are given. */
  step(rates?: Rates): void;
  /** What a step dispatches, on a recorder that runs none of it. */
  rehearse(recorder: Recorder): void;
  /** As it is when this is called. Waits for the GPU. */
  saved(device: Readable): Promise<OptimiserState>;
  /**
   * Goes on from what `saved` gave: of another optimiser, rule, parameters and precision being the same.
   * @throws Error if they are not.
   */
  restore(backend: StudioBackend, saved: OptimiserState): void;
  release(): void;
}

/**
 * A new optimiser with state zero over slices of arenas. Tensors that are not in `parameters` are neither stepped nor
 * decayed. Neighbouring parameters of one group are stepped by one dispatch.
 */
export function newOptimiser(
  recorder: Recorder,
  parameters: ReadonlyMap<string, GpuTensor>,
  choice: OptimiserChoice,
  { lr, weightDecay, grouping = ONE_GROUP, precision = 'float32' }: OptimiserConfig,
): Optimiser {
  const rule = RULES[choice.kind];
  const runs = groupsOf(parameters, grouping).flatMap(({ group, members }) =>
    contiguousRuns(members, bindableBytes(recorder.report)).map((run) => ({ group, ...run })),
  );
  const stepped = runs.map(({ group, whole, keys }) => {
    const gradient = allocateArena(
      recorder,
      keys.map((key) => ({ key, shape: parameters.get(key)!.shape })),
    );
    const moments = Array.from({ length: rule.moments }, () => recorder.allocate(whole.shape));
    for (const tensor of [gradient.whole, ...moments]) recorder.clear(tensor);
    return { group, parameter: whole, gradient, moments };
  });
  const lossScale = precision === 'float16' ? initialLossScale(recorder) : null;
  const scaling = lossScale?.state ?? null;
  const wholes = stepped.map(({ gradient }) => gradient.whole);
  const clipping = choice.maxNorm === undefined ? null : newNormClip(recorder, wholes, choice.maxNorm);
  let step = 0;
  const dispatchStep = (on: Recorder, rates: Rates) => {
    const momentum = rates.momentum ?? choice.momentum;
    if (lossScale) {
      for (const gradient of wholes) findOverflow(on, lossScale, gradient);
      updateLossScale(on, lossScale, rule.betas(momentum));
    }
    clipping?.clip(on, scaling);
    for (const { group, parameter, gradient, moments } of stepped) {
      const own = { lr: lr * rates.lr * group.lr, weightDecay: weightDecay * group.weightDecay };
      rule.step(on, { parameter, gradient: gradient.whole, moments }, { ...own, momentum, step }, scaling);
    }
  };
  return {
    gradients: new Map(stepped.flatMap(({ gradient }) => [...gradient.slices])),
    scaling,
    clearGradients() {
      for (const gradient of wholes) recorder.clear(gradient);
    },
    step(rates = { lr: 1 }) {
      step++;
      dispatchStep(recorder, rates);
    },
    rehearse: (on) => dispatchStep(on, { lr: 1 }),
    async saved(device) {
      const steps = step;
      const scale = lossScale && readFloats(device, lossScale.state);
      const runsHome = stepped.map(async ({ gradient, moments }) => ({
        slices: gradient.slices,
        values: await Promise.all(moments.map((moment) => readFloats(device, moment))),
      }));
      const home = await Promise.all(runsHome);
      const moments = Array.from({ length: rule.moments }, (_, i) => {
        const parts = home.flatMap(({ slices, values }) =>
          [...slices].map(([key, slice]) => [key, valuesOf(slice, values[i]!)] as const),
        );
        return new Map(parts);
      });
      return { kind: choice.kind, steps, moments, lossScale: await scale };
    },
    restore(backend, saved) {
      const keys = new Set(stepped.flatMap(({ gradient }) => [...gradient.slices.keys()]));
      const fits =
        saved.kind === choice.kind &&
        (saved.lossScale === null) === (lossScale === null) &&
        saved.moments.length === rule.moments &&
        saved.moments.every((moment) => moment.size === keys.size && [...moment.keys()].every((key) => keys.has(key)));
      if (!fits)
        throw new Error(`The state of another optimiser (${saved.kind}) does not fit this one (${choice.kind})`);
      step = saved.steps;
      if (lossScale) backend.writeWords(lossScale.state, saved.lossScale!);
      for (const { gradient, moments } of stepped) {
        for (const [i, moment] of moments.entries()) {
          for (const [key, { shape, offset }] of gradient.slices) {
            backend.writeWords({ ...moment, shape, offset }, saved.moments[i]!.get(key)!);
          }
        }
      }
    },
    release() {
      for (const { gradient, moments } of stepped) {
        for (const tensor of [gradient.whole, ...moments]) recorder.release(tensor);
      }
      if (lossScale) for (const tensor of [lossScale.state, lossScale.overflow]) recorder.release(tensor);
      clipping?.release();
    },
  };
}

/** A slice's own of the values of the whole. */
function valuesOf({ shape, offset = 0 }: GpuTensor, whole: Float32Array<ArrayBuffer>): Float32Array<ArrayBuffer> {
  const count = shape.reduce((a, b) => a * b, 1);
  return whole.slice(offset / 4, offset / 4 + count);
}

/** The parameters by group, in the order in which groups are met. */
function groupsOf(parameters: ReadonlyMap<string, GpuTensor>, grouping: Grouping) {
  const groups = new Map<string, { group: Group; members: Map<string, GpuTensor> }>();
  for (const [key, tensor] of parameters) {
    const group = grouping(key);
    const name = `${group.lr} ${group.weightDecay}`;
    if (!groups.has(name)) groups.set(name, { group, members: new Map() });
    groups.get(name)!.members.set(key, tensor);
  }
  return [...groups.values()];
}

/** `newOptimiser` for AdamW. */
export function adamWOptimiser(
  recorder: Recorder,
  parameters: ReadonlyMap<string, GpuTensor>,
  config: OptimiserConfig,
): Optimiser {
  return newOptimiser(recorder, parameters, { kind: 'adamw' }, config);
}
