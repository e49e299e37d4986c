/**
 * A step without its arithmetic: the very calls of training and evaluation, on a recorder that only allocates. On one
 * without a device it tells beforehand what they will take; on the device it finds out whether there is room.
 */
import { DryRun } from '../gpu/dryRun';
import type { StudioBackend } from '../gpu/backend';
import type { GpuTensor, Platform, Recorder } from '../gpu/recorder';
import { mix } from '../kernels/mix/mix';
import type { Precision } from '../kernels/storage';
import type { Architecture } from '../models/meta';
import { stateSpecs } from '../models/registry';
import type { NormMode } from '../nn/layers';
import { allocateState, type NetworkTensors } from '../nn/state';
import { ActivationMeter } from '../models/activationMeter';
import { newAverage } from '../optim/average';
import { memoryPolicy, type MemoryLevel } from './policy';
import { hasTargets, mixes, type Objective, PLAIN } from '../optim/objective';
import { type Grouping, newOptimiser, type OptimiserChoice } from '../optim/optimiser';
import type { Adaptation } from '../models/model';
import { accumulateGradients, type Network, predict } from '../models/passes';

/** What a run asks of the GPU: a batch of `rows` photos at `size` px through a network. */
export interface StepSpec {
  arch: Architecture;
  classes: number;
  rows: number;
  size: number;
  /** Null for evaluation. */
  training: {
    isTrainable: (key: string) => boolean;
    mode: NormMode;
    precision?: Precision;
    /** AdamW if not given. */
    optimiser?: OptimiserChoice;
    grouping?: Grouping;
    objective?: Objective;
    /** Decay of the weights' average; 0 or none: there is no average. */
    averaging?: number;
    /** As runs begin: photos go to the GPU before the optimiser takes its memory, unless they are mixed. */
    photosFirst?: boolean;
  } | null;
}

/** @throws StudioError `exceeds-limits` if a tensor is beyond the adapter's limits. */
export function dryRunOf(platform: Platform, demand: StepSpec, level: MemoryLevel): DryRun {
  const { arch, classes, training } = demand;
  const dry = new DryRun(platform);
  const state = allocateState(dry, stateSpecs(arch, classes));
  if (!training) {
    rehearseEvaluation(dry, { arch, classes: namesOf(classes), state }, demand);
    return dry;
  }
  const trained = new Map([...state.parameters].filter(([key]) => training.isTrainable(key)));
  const { precision = 'float32', optimiser: choice = { kind: 'adamw' }, grouping, objective = PLAIN } = training;
  const images = training.photosFirst && !mixes(objective) ? rehearseImages(dry, demand, objective) : null;
  const optimiser = newOptimiser(dry, trained, choice, {
    lr: 0,
    weightDecay: 0,
    precision,
    ...(grouping && { grouping }),
  });
  const average = training.averaging ? newAverage(dry, state, training.averaging) : null;
  const score = dry.allocate([2]);
  const { gradients, scaling } = optimiser;
  const { mode } = training;
  rehearseTraining(dry, demand, state, { mode, level, gradients, precision, scaling, objective, score, images });
  optimiser.step();
  average?.update();
  return dry;
}

export interface TrainingParts {
  mode: NormMode;
  level: MemoryLevel;
  gradients: ReadonlyMap<string, GpuTensor>;
  precision?: Precision;
  scaling?: GpuTensor | null;
  objective?: Objective;
  score: GpuTensor;
  /** Photos that are on the GPU already; they take the place of as many rows. */
  images?: GpuTensor | null;
}

/** Forward and backward of one batch; `state` and `parts` stay as they are if `recorder` only allocates. */
export function rehearseTraining(
  recorder: Recorder,
  { arch, classes, rows, size }: Omit<StepSpec, 'training'>,
  state: NetworkTensors,
  { level, objective = PLAIN, images: uploaded = null, ...parts }: TrainingParts,
): void {
  const own = uploaded?.shape[0] === rows ? null : rehearseImages(recorder, { rows, size }, objective);
  const labels = recorder.allocate([rows], 'int32');
  const targets = hasTargets(objective) ? recorder.allocate([rows, classes]) : null;
  const network = { arch, classes: namesOf(classes), state: untracked(state) };
  const options = { ...parts, keeps: memoryPolicy(arch, level), rows, dropout: { seed: 0, firstRow: 0 } };
  try {
    accumulateGradients(recorder, network, { images: own ?? uploaded!, labels, targets }, options);
  } finally {
    for (const tensor of [own, labels, targets]) if (tensor) recorder.release(tensor);
  }
}

function rehearseImages(
  recorder: Recorder,
  { rows, size }: Pick<StepSpec, 'rows' | 'size'>,
  objective: Objective,
): GpuTensor {
  if (!mixes(objective)) return recorder.allocate([rows, size, size, 3]);
  const photos = recorder.allocate([rows + 1, size, size, 3]);
  const images = mix(recorder, photos, { left: 0, top: 0, right: 0, bottom: 0, share: 1 });
  recorder.release(photos);
  return images;
}

/** One batch through a network, and its activations counted; leaves nothing allocated. */
export function rehearseEvaluation(
  recorder: Recorder,
  network: Network,
  { rows, size, adaptation }: Pick<StepSpec, 'rows' | 'size'> & { adaptation?: Adaptation | undefined },
): void {
  const meter = new ActivationMeter(recorder);
  const images = recorder.allocate([rows, size, size, 3]);
  const { logits, pooled } = predict(recorder, network, images, adaptation);
  meter.add(pooled);
  for (const tensor of [images, logits, pooled]) recorder.release(tensor);
  meter.release();
}

/** Counters that a rehearsal may move without anybody noticing. */
const untracked = (state: NetworkTensors): NetworkTensors => ({
  ...state,
  batchesTracked: new Map(state.batchesTracked),
});

const namesOf = (classes: number) => Array.from({ length: classes }, (_, i) => String(i));

/** Takes memory as `recorder` does, and records nothing. */
export function allocatingOnly(recorder: Recorder): Recorder {
  return {
    report: recorder.report,
    choices: recorder.choices,
    allocate: (shape, dtype, apart) => recorder.allocate(shape, dtype, apart),
    release: (tensor) => recorder.release(tensor),
    clear: () => {},
    dispatch: () => {},
  };
}

/** Takes memory as `backend` does, and begins to compile what is dispatched: `backend.compiled` tells when it is done. */
export const compilingOnly = (backend: StudioBackend): Recorder => ({
  ...allocatingOnly(backend),
  dispatch: (dispatch) => backend.compile(dispatch),
});
