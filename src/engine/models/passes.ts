/** Steps 7 to 9 of the data's path: forward, loss and backward on one batch. */
import { type GpuTensor, type Recorder, Scope } from '../gpu/recorder';
import { crossEntropy } from '../kernels/crossEntropy/crossEntropy';
import type { Precision } from '../kernels/storage';
import type { Architecture } from './meta';
import type { Adaptation, SplitPoint } from './model';
import { modelOf } from './registry';
import { type Dropout, EVAL, type NormMode, type Pass } from '../nn/layers';
import type { NetworkTensors } from '../nn/state';
import { Activation, type MemoryPolicy, Tape } from '../nn/tape';

export interface Network<State extends NetworkTensors = NetworkTensors> {
  arch: Architecture;
  classes: readonly string[];
  state: State;
  /** Where it begins, if not with images: it is then given what `featuresOf` makes of them. */
  from?: SplitPoint | null;
}

export interface Batch {
  /** [N, R, R, 3] in [0, 1], or features where the network begins; stays the caller's. */
  images: GpuTensor;
  /** int32 [N]; stays the caller's. */
  labels: GpuTensor;
  /** [N, K], as `crossEntropy` takes them; stays the caller's. */
  targets?: GpuTensor | null;
}

export interface BackwardOptions {
  mode: NormMode;
  keeps: MemoryPolicy;
  /** By parameter key; what is trained is what has a place here. Added to. */
  gradients: ReadonlyMap<string, GpuTensor>;
  /** Of activations and their gradients; half goes with an optimiser's `scaling`. float32 if not given. */
  precision?: Precision;
  scaling?: GpuTensor | null;
  /** [2]: the mean loss and the rows classified right are added to it. */
  score: GpuTensor;
  /** What the loss's sum is divided by: rows of the whole batch, of which this may be a part, or what they weigh. */
  rows: number;
  /** Nothing is dropped if not given. */
  dropout?: Dropout;
}

/**
 * Adds a batch's mean cross entropy and its gradients to `options.score` and `options.gradients`; norms that `mode` trains
 * move their running statistics. Does not wait for the GPU.
 */
export function accumulateGradients(
  recorder: Recorder,
  { arch, state, from = null }: Network,
  { images, labels, targets = null }: Batch,
  { mode, keeps, gradients, precision = 'float32', scaling = null, score, rows, dropout }: BackwardOptions,
): void {
  const scope = new Scope(recorder);
  try {
    const tape = new Tape({ gradients, keeps });
    const pass = { recorder: scope, state, mode, precision, tape, dropout: dropout ?? null };
    const { logits } = modelOf(arch).forward(pass, borrowed(scope, images), { from });
    const gradient = crossEntropy(scope, logits.read(), labels, { score, weight: 1 / rows, targets, scaling });
    logits.setGradient(gradient);
    tape.backward();
  } finally {
    scope.releaseAll();
  }
}

export interface Predictions {
  /** [N, K] */
  logits: GpuTensor;
  /** Input of the head [N, C], or [N, 2C] under fastai's; `images` themselves where the network begins there. */
  pooled: GpuTensor;
}

/** Evaluation's forward pass. The caller releases the result. */
export function predict(
  recorder: Recorder,
  { arch, state, from = null }: Network,
  images: GpuTensor,
  adaptation?: Adaptation,
): Predictions {
  const scope = new Scope(recorder);
  try {
    const outputs = modelOf(arch).forward(evaluating(scope, state), borrowed(scope, images), { ...adaptation, from });
    return { logits: scope.detach(outputs.logits.take()), pooled: scope.detach(outputs.pooled.take()) };
  } finally {
    scope.releaseAll();
  }
}

/** Evaluation's forward pass up to a cut, one photo's features a row. The caller releases the result. */
export function featuresOf(
  recorder: Recorder,
  { arch, state }: Network,
  images: GpuTensor,
  cut: SplitPoint,
): GpuTensor {
  const scope = new Scope(recorder);
  try {
    return scope.detach(modelOf(arch).features(evaluating(scope, state), borrowed(scope, images), cut).take());
  } finally {
    scope.releaseAll();
  }
}

/** A pass without a way back. */
export const evaluating = (recorder: Recorder, state: NetworkTensors): Pass => ({
  recorder,
  state,
  mode: EVAL,
  precision: 'float32',
  tape: null,
  dropout: null,
});

/** An activation over somebody else's tensor: never released. */
export function borrowed(recorder: Recorder, tensor: GpuTensor, { needsGradient = false } = {}): Activation {
  const activation = new Activation(recorder, tensor.shape, () => tensor, { needsGradient, kept: true });
  activation.retain();
  return activation;
}
