/**
 * A network's weights: tensors by torchvision's keys. Convolutions are HWIO here (OIHW only in `io`), linear weights
 * [out, in], batch-norm vectors [C]. Parameters are trained in place; buffers move in place by training-mode norms.
 */
import { normals } from '../base/normals';
import { fork, type Rng } from '../base/rng';
import type { StudioBackend } from '../gpu/backend';
import type { GpuTensor, Recorder } from '../gpu/recorder';
import { allocateArenas, type Arena, slicesOf } from './arena';

/** What one tensor of a network is, in torchvision's order of the state dict. */
export interface TensorSpec {
  key: string;
  /** Our layout. */
  shape: readonly number[];
  role: 'conv' | 'linear' | 'linearBias' | 'gamma' | 'beta' | 'runningMean' | 'runningVariance' | 'batchesTracked';
  /** How it starts where torchvision's layers would begin otherwise: normal by its inputs, or all of one value. */
  init?: 'kaimingFanIn' | number;
}

export interface NetworkTensors {
  /** Conv, linear, gamma and beta. */
  parameters: ReadonlyMap<string, GpuTensor>;
  /** Running means and variances. */
  buffers: ReadonlyMap<string, GpuTensor>;
  /** `num_batches_tracked` of every norm: training-mode forward passes so far. */
  batchesTracked: Map<string, number>;
}

/** A network's tensors with the memory they lie in. */
export interface NetworkState extends NetworkTensors {
  arenas: readonly Arena[];
}

/** A state on the CPU: plain arrays in our layout, safe to keep, post and compare. */
export interface HostState {
  tensors: Map<string, { shape: readonly number[]; values: Float32Array<ArrayBuffer> }>;
  batchesTracked: Map<string, number>;
}

/** The first tensor that holds an infinity or no number; null where none does. */
export function notFiniteIn({ tensors }: HostState): string | null {
  for (const [key, { values }] of tensors) {
    // Whatever is not finite leaves NaN.
    let sum = 0;
    for (let i = 0; i < values.length; i++) sum += values[i]! - values[i]!;
    if (sum !== 0) return key;
  }
  return null;
}

/** torchvision's initialisation: kaiming normal (fan out) convolutions, unit norms, uniform linear layers. */
export function initialHostState(specs: readonly TensorSpec[], seed: number): HostState {
  const drawing = drawHostState(specs, seed);
  for (;;) {
    const { done, value } = drawing.next();
    if (done) return value;
  }
}

/** The same for whoever has other things to do in between: stops after every tensor. */
export function* drawHostState(specs: readonly TensorSpec[], seed: number): Generator<void, HostState> {
  const state: HostState = { tensors: new Map(), batchesTracked: new Map() };
  for (const [index, spec] of specs.entries()) {
    if (spec.role === 'batchesTracked') {
      state.batchesTracked.set(spec.key, 0);
      continue;
    }
    // A bias stands behind its weight.
    const weight = spec.role === 'linearBias' ? specs[index - 1]! : spec;
    const values = initialValues(spec, weight, fork(seed, INIT_STREAM, index));
    state.tensors.set(spec.key, { shape: spec.shape, values });
    yield;
  }
  return state;
}

/** Keeps the weights' randomness apart from shuffling's and augmentation's. */
const INIT_STREAM = 0x1417;

/** `weight`: the layer's own. */
function initialValues(spec: TensorSpec, weight: TensorSpec, rng: Rng): Float32Array<ArrayBuffer> {
  const count = spec.shape.reduce((a, b) => a * b, 1);
  const { init } = spec;
  if (typeof init === 'number') return new Float32Array(count).fill(init);
  if (init === 'kaimingFanIn') return normals(rng, count, Math.sqrt(2 / spec.shape[1]!));
  switch (spec.role) {
    case 'conv': {
      const [kernel = 1, , , outChannels = 1] = spec.shape;
      return normals(rng, count, Math.sqrt(2 / (kernel * kernel * outChannels)));
    }
    case 'linear':
    case 'linearBias': {
      const bound = 1 / Math.sqrt(weight.shape[1]!);
      return Float32Array.from({ length: count }, () => (2 * rng.uniform() - 1) * bound);
    }
    case 'gamma':
    case 'runningVariance':
      return new Float32Array(count).fill(1);
    case 'beta':
    case 'runningMean':
      return new Float32Array(count);
    case 'batchesTracked':
      throw new Error('num_batches_tracked is a number, not a tensor');
    default:
      return spec.role satisfies never;
  }
}

/** Memory for a network's tensors, not yet written. Whoever asks for it releases it with `releaseState`. */
export function allocateState(recorder: Recorder, specs: readonly TensorSpec[]): NetworkState {
  const running = (role: TensorSpec['role']) => role === 'runningMean' || role === 'runningVariance';
  const tensors = specs.filter(({ role }) => role !== 'batchesTracked');
  const decays = (role: TensorSpec['role']) => role === 'conv' || role === 'linear';
  // Weights from first to last, then the rest from last to first: whatever an optimiser treats alike is few runs.
  const weights = tensors.filter(({ role }) => decays(role));
  const rest = tensors.filter(({ role }) => !decays(role) && !running(role));
  const parameters = allocateArenas(recorder, [...weights, ...rest.toReversed()]);
  const buffers = allocateArenas(
    recorder,
    tensors.filter(({ role }) => running(role)),
  );
  return {
    parameters: slicesOf(parameters),
    buffers: slicesOf(buffers),
    batchesTracked: new Map(),
    arenas: [...parameters, ...buffers],
  };
}

/** Uploads a host state. The caller releases the result with `releaseState`. */
export function uploadState(backend: StudioBackend, specs: readonly TensorSpec[], host: HostState): NetworkState {
  const state = allocateState(backend, specs);
  writeState(backend, state, host);
  return state;
}

/** Writes a host state of the same tensors. */
export function writeState(backend: StudioBackend, state: NetworkState, host: HostState): void {
  for (const [key, tensor] of [...state.parameters, ...state.buffers]) {
    backend.writeWords(tensor, host.tensors.get(key)!.values);
  }
  for (const [key, count] of host.batchesTracked) state.batchesTracked.set(key, count);
}

/** Memory for another network's tensors like these, not yet written. Whoever asks for it releases it with `releaseState`. */
export function allocateLike(recorder: Recorder, { parameters, buffers, arenas }: NetworkState): NetworkState {
  const own = arenas.map(({ whole, slices }): Arena => {
    const copy = recorder.allocate(whole.shape);
    const sliceOf = ({ shape, offset = 0 }: GpuTensor) => ({ ...copy, shape, offset });
    return { whole: copy, slices: new Map([...slices].map(([key, slice]) => [key, sliceOf(slice)])) };
  });
  const slices = slicesOf(own);
  const likeThose = (those: NetworkState['parameters']) =>
    new Map([...those.keys()].map((key) => [key, slices.get(key)!]));
  return { parameters: likeThose(parameters), buffers: likeThose(buffers), batchesTracked: new Map(), arenas: own };
}

export function releaseState(recorder: Recorder, state: NetworkState): void {
  for (const { whole } of state.arenas) recorder.release(whole);
}
