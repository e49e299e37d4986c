/** The weights of golden.json by formula: `fill` of make_golden.py. */
import { fromTorchFilter, toTorchFilter, torchShape } from '../../engine/io/torchLayout';
import type { HostState, TensorSpec } from '../../engine/nn/state';
import { values } from './values';

const states = new Map<string, HostState>();

/** Every parameter and buffer from `values` of its key, in our layout. Made once for all who ask: nobody writes into it. */
export function goldenState(specs: readonly TensorSpec[]): HostState {
  const name = specs.map(({ key, shape }) => `${key} ${shape.join()}`).join();
  const state = states.get(name) ?? makeState(specs);
  states.set(name, state);
  return state;
}

function makeState(specs: readonly TensorSpec[]): HostState {
  const state: HostState = { tensors: new Map(), batchesTracked: new Map() };
  const bottleneck = specs.some(({ key }) => key.endsWith('bn3.weight'));
  for (const spec of specs) {
    if (spec.role === 'batchesTracked') {
      state.batchesTracked.set(spec.key, 0);
      continue;
    }
    const count = spec.shape.reduce((a, b) => a * b, 1);
    const u = values(spec.key, count).map(scaling(spec, bottleneck ? 'bn3.weight' : 'bn2.weight'));
    state.tensors.set(spec.key, {
      shape: spec.shape,
      values: spec.role === 'conv' ? fromTorchFilter(u, spec.shape) : u,
    });
  }
  return state;
}

function scaling({ key, role, shape }: TensorSpec, lastNorm: string): (u: number) => number {
  const f = Math.fround;
  switch (role) {
    case 'conv': {
      const [kernel = 1, , , out = 1] = shape;
      const scale = f(Math.sqrt(12) * Math.sqrt(2 / (kernel * kernel * out)));
      return (u) => u * scale;
    }
    case 'linear': {
      const scale = f(2 / Math.sqrt(shape[1]!));
      return (u) => u * scale;
    }
    case 'runningVariance':
      return (u) => 1 + u;
    case 'runningMean':
    case 'beta':
    case 'linearBias':
      return (u) => u * f(0.2);
    case 'gamma':
      return key.endsWith(lastNorm) ? (u) => f(0.05) + f(f(0.02) * u) : (u) => f(0.6) + f(f(0.2) * u);
    case 'batchesTracked':
      return () => 0;
    default:
      return role satisfies never;
  }
}

/** What golden.json says of a tensor. */
export interface Fingerprint {
  shape: number[];
  head: number[];
  l2: number;
  probe: number;
  noise: number;
}

/**
 * How far a tensor of ours is from its fingerprint, in units of the allowed error (ten times the noise of PyTorch's
 * float32, or 1e-4 relative): the largest over the norm, the first elements and the probe. Below 1 is met.
 */
export function excess(key: string, ours: Float32Array, shape: readonly number[], golden: Fingerprint): number {
  const torch = shape.length === 4 ? toTorchFilter(ours, shape) : ours;
  if (torchShape(shape).join() !== golden.shape.join()) return Infinity;
  const tolerance = Math.max(10 * golden.noise, 1e-4);
  const probe = values(`probe/${key}`, torch.length);
  let squares = 0;
  let dot = 0;
  for (let i = 0; i < torch.length; i++) {
    squares += torch[i]! ** 2;
    dot += torch[i]! * probe[i]!;
  }
  const rms = golden.l2 / Math.sqrt(torch.length);
  const errors = [
    Math.abs(Math.sqrt(squares) - golden.l2) / golden.l2,
    Math.abs(dot - golden.probe) / golden.l2,
    ...golden.head.map((value, i) => Math.abs(torch[i]! - value) / Math.max(Math.abs(value), rms)),
  ];
  return Math.max(...errors.map((error) => (Number.isFinite(error) ? error : Infinity))) / tolerance;
}
