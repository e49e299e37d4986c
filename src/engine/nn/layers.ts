/** Layers as functions over named tensors: each runs now and records its backward step on the tape, if there is one. */
import type { GpuTensor, Recorder } from '../gpu/recorder';
import { globalAveragePool, globalAveragePoolGradient } from '../kernels/averagePool/averagePool';
import * as pooling from '../kernels/concatPool/concatPool';
import {
  type Affine,
  batchStatistics,
  normalize,
  type NormalizeOptions,
  normGradient,
  type Statistics,
} from '../kernels/batchNorm/batchNorm';
import * as convolution from '../kernels/conv2d/conv2d';
import { convShape } from '../kernels/conv2d/shape';
import * as dropping from '../kernels/dropout/dropout';
import { outputSize } from '../kernels/launch';
import * as fullyConnected from '../kernels/linear/linear';
import { relu as rectify, reluGradient } from '../kernels/relu/relu';
import type { Precision } from '../kernels/storage';
import { maxPool as runMaxPool, maxPoolGradient, type PoolWindow } from '../kernels/maxPool/maxPool';
import type { NetworkTensors } from './state';
import { Activation, type Tape } from './tape';

/** Which batch norms use and move their batch's statistics. */
export interface NormMode {
  /** By layer name (`layer4.2.bn3`). */
  trainsNorm(name: string): boolean;
}

export const TRAIN: NormMode = { trainsNorm: () => true };
export const EVAL: NormMode = { trainsNorm: () => false };

/** What a pass through a network runs on. */
export interface Pass {
  recorder: Recorder;
  state: NetworkTensors;
  mode: NormMode;
  /** Of activations between the first convolution and the pooled ones, and of their gradients. */
  precision: Precision;
  /** Null where there is no backward pass: nothing is kept then. */
  tape: Tape | null;
  /** Null where nothing is dropped, as in evaluation. */
  dropout: Dropout | null;
}

/** What falls in a step's dropouts. */
export interface Dropout {
  /** Of the step, 32 bits; each layer adds a number of its own. */
  seed: number;
  /** Of the batch: where the part that passes begins. */
  firstRow: number;
}

/** A convolution without bias. */
export function conv(pass: Pass, name: string, x: Activation, stride: number, pad: number): Activation {
  const { recorder, state, precision, tape } = pass;
  const key = `${name}.weight`;
  const w = tensorOf(state.parameters, key);
  const dw = tape?.gradient(key);
  const attrs = { stride, pad };
  const needsGradient = tape !== null && (x.needsGradient || dw !== undefined);
  const kept = !needsGradient || tape.keeps.conv(name);
  const readsInput = needsGradient && (dw !== undefined || !kept);
  if (readsInput) x.retain();
  const shape = convShape(x.shape, w.shape, attrs);
  const y = new Activation(
    recorder,
    [shape.batch, shape.outHeight, shape.outWidth, shape.outChannels],
    () => convolution.forward(recorder, x.read(), w, attrs, { precision }),
    { needsGradient, kept },
  );
  if (!needsGradient) return y;
  tape.record(() => {
    const dy = y.takeGradient();
    if (dw) convolution.filterGradient(recorder, x.read(), dy, w.shape, attrs, { into: dw });
    if (readsInput) x.release();
    if (x.needsGradient) {
      x.accumulateGradient((into) => convolution.inputGradient(recorder, dy, w, x.shape, attrs, into ? { into } : {}));
    }
    recorder.release(dy);
  });
  return y;
}

/**
 * Batch norm, then the residual if there is one, then ReLU if asked for. `x` is this layer's alone, or without a backward
 * pass read by others, too, where `shared`.
 */
export function norm(
  pass: Pass,
  name: string,
  x: Activation,
  { relu, residual = null, shared = false }: { relu: boolean; residual?: Activation | null; shared?: boolean },
): Activation {
  const { recorder, state, mode, tape } = pass;
  const affine: Affine = {
    gamma: tensorOf(state.parameters, `${name}.weight`),
    beta: tensorOf(state.parameters, `${name}.bias`),
  };
  const running: Statistics = {
    mean: tensorOf(state.buffers, `${name}.running_mean`),
    variance: tensorOf(state.buffers, `${name}.running_var`),
  };
  const ofBatch = mode.trainsNorm(name);
  if (ofBatch) {
    const tracked = `${name}.num_batches_tracked`;
    state.batchesTracked.set(tracked, (state.batchesTracked.get(tracked) ?? 0) + 1);
  }
  const statistics = ofBatch ? batchStatistics(recorder, x.read(), running) : running;
  const releaseStatistics = () => {
    if (ofBatch) for (const tensor of [statistics.mean, statistics.variance]) recorder.release(tensor);
  };
  const run = (input: GpuTensor, inPlace: boolean) => {
    const options: NormalizeOptions = { relu, residual: residual?.read() ?? null, inPlace };
    return normalize(recorder, input, statistics, affine, options);
  };

  const into = affineGradients(tape, name);
  const needsGradient = tape !== null && (into !== null || x.needsGradient || residual?.needsGradient === true);
  if (!needsGradient) {
    const y = new Activation(recorder, x.shape, () => (shared ? run(x.read(), false) : run(x.take(), true)), {
      needsGradient,
      kept: true,
    });
    releaseStatistics();
    return y;
  }

  x.retain();
  const kept = tape.keeps.norm(name);
  let first = true;
  const make = () => {
    // An input that is made again in the backward pass is not needed beside its normalised form until then.
    const inPlace = first && !x.kept;
    first = false;
    const y = run(inPlace ? x.take() : x.read(), inPlace);
    residual?.discardRecomputed();
    return y;
  };
  // A residual that cannot be made again must stay until this output has been made for the last time.
  const holdsResidual = residual !== null && residual.kept && !residual.needsGradient;
  if (holdsResidual) residual.retain();
  const y = new Activation(recorder, x.shape, make, { needsGradient, kept });
  const masksByOutput = relu && residual !== null;
  if (masksByOutput) y.retain();
  tape.record(() => {
    const dy = y.takeGradient();
    const scratch = into ?? scratchAffine(recorder, affine);
    normGradient(
      recorder,
      { x: x.read(), y: masksByOutput ? y.read() : null, dy, statistics, affine },
      {
        relu,
        residual: residual !== null,
        batchStatistics: ofBatch,
        inputGradient: x.needsGradient || residual?.needsGradient === true,
        into: scratch,
      },
    );
    if (!into) for (const tensor of [scratch.gamma, scratch.beta]) recorder.release(tensor);
    y.drop();
    releaseStatistics();
    // The gradients have taken the places of x and dy.
    if (x.needsGradient) x.setGradient(x.take());
    else x.release();
    if (holdsResidual) residual.release();
    if (residual?.needsGradient) residual.setGradient(dy);
    else recorder.release(dy);
  });
  return y;
}

/** Max pooling. */
export function maxPool({ recorder, tape }: Pass, x: Activation, window: PoolWindow): Activation {
  let which: GpuTensor | null = null;
  const releaseWhich = () => {
    if (which) recorder.release(which);
    which = null;
  };
  const needsGradient = tape !== null && x.needsGradient;
  const make = () => {
    releaseWhich();
    const pooled = runMaxPool(recorder, x.read(), window);
    ({ which } = pooled);
    if (needsGradient) x.discardRecomputed();
    return pooled.y;
  };
  const [batch = 0, height = 0, width = 0, channels = 0] = x.shape;
  const shape = [batch, outputSize(height, window), outputSize(width, window), channels];
  const y = new Activation(recorder, shape, make, {
    needsGradient,
    kept: !needsGradient,
  });
  if (!needsGradient) {
    releaseWhich();
    return y;
  }
  tape.record(() => {
    const dy = y.takeGradient();
    y.drop();
    x.setGradient(maxPoolGradient(recorder, { dy, which: which! }, x.shape, window));
    releaseWhich();
    recorder.release(dy);
  });
  return y;
}

/** x [N, H, W, C] → [N, C]. */
export function averagePool({ recorder, precision, tape }: Pass, x: Activation): Activation {
  const { needsGradient } = x;
  const [batch = 0, , , channels = 0] = x.shape;
  const y = new Activation(recorder, [batch, channels], () => globalAveragePool(recorder, x.read()), {
    needsGradient,
    kept: true,
  });
  if (tape && needsGradient) {
    tape.record(() => {
      const dy = y.takeGradient();
      y.drop();
      x.setGradient(globalAveragePoolGradient(recorder, dy, x.shape, precision));
      recorder.release(dy);
    });
  }
  return y;
}

/** x [N, H, W, C] → [N, 2C]: the largest of every channel, then the means. */
export function concatPool({ recorder, precision, tape }: Pass, x: Activation): Activation {
  const [batch = 0, , , channels = 0] = x.shape;
  const { y: tensor, which } = pooling.concatPool(recorder, x.read());
  const needsGradient = tape !== null && x.needsGradient;
  const y = new Activation(recorder, [batch, 2 * channels], () => tensor, { needsGradient, kept: true });
  if (!needsGradient) {
    recorder.release(which);
    return y;
  }
  tape.record(() => {
    const dy = y.takeGradient();
    y.drop();
    x.setGradient(pooling.concatPoolGradient(recorder, { dy, which }, x.shape, precision));
    for (const done of [dy, which]) recorder.release(done);
  });
  return y;
}

/** Drops elements of x [N, C] in training; `layer` tells one layer's from another's. */
export function dropout({ recorder, tape, dropout: step }: Pass, x: Activation, p: number, layer: number): Activation {
  if (!step) return x;
  const options = { p, seed: step.seed + layer, firstRow: step.firstRow };
  const y = new Activation(recorder, x.shape, () => dropping.dropout(recorder, x.read(), options), {
    needsGradient: x.needsGradient,
    kept: true,
  });
  if (!tape || !x.needsGradient) return y;
  tape.record(() => {
    const dy = y.takeGradient();
    y.drop();
    x.setGradient(dropping.dropout(recorder, dy, options));
    recorder.release(dy);
  });
  return y;
}

/** ReLU of x [N, C], which stays readable. */
export function relu({ recorder, tape }: Pass, x: Activation): Activation {
  const y = new Activation(recorder, x.shape, () => rectify(recorder, x.read()), {
    needsGradient: x.needsGradient,
    kept: true,
  });
  if (!tape || !x.needsGradient) return y;
  x.retain();
  tape.record(() => {
    const dy = y.takeGradient();
    y.drop();
    reluGradient(recorder, x.read(), dy);
    x.release();
    x.setGradient(dy);
  });
  return y;
}

/** x [N, in] → [N, out]; with a bias where the state has one. */
export function linear({ recorder, state, tape }: Pass, name: string, x: Activation): Activation {
  const parameters = {
    weight: tensorOf(state.parameters, `${name}.weight`),
    bias: state.parameters.get(`${name}.bias`) ?? null,
  };
  const [weight, bias] = [tape?.gradient(`${name}.weight`), tape?.gradient(`${name}.bias`)];
  const into = weight ? { weight, bias: bias ?? null } : null;
  const needsGradient = tape !== null && (x.needsGradient || into !== null);
  const [batch = 0] = x.shape;
  const y = new Activation(
    recorder,
    [batch, parameters.weight.shape[0]!],
    () => fullyConnected.linear(recorder, x.read(), parameters),
    { needsGradient, kept: true },
  );
  if (!needsGradient) return y;
  if (into) x.retain();
  tape.record(() => {
    const dy = y.takeGradient();
    y.drop();
    if (into) {
      fullyConnected.linearWeightGradient(recorder, x.read(), dy, into);
      x.release();
    }
    if (x.needsGradient) x.setGradient(fullyConnected.linearInputGradient(recorder, dy, parameters.weight));
    recorder.release(dy);
  });
  return y;
}

function affineGradients(tape: Tape | null, name: string): Affine | null {
  const [gamma, beta] = [tape?.gradient(`${name}.weight`), tape?.gradient(`${name}.bias`)];
  return gamma && beta ? { gamma, beta } : null;
}

/** Somewhere to put the gradients of a norm that is not trained itself. */
function scratchAffine(recorder: Recorder, { gamma, beta }: Affine): Affine {
  return { gamma: recorder.allocate(gamma.shape), beta: recorder.allocate(beta.shape) };
}

function tensorOf(tensors: ReadonlyMap<string, GpuTensor>, key: string): GpuTensor {
  const found = tensors.get(key);
  if (!found) throw new Error(`No tensor ${key}`);
  return found;
}
