/**
 * Networks → `.safetensors` with torchvision's keys, order, shapes and dtypes, so that
 * `model.load_state_dict(load_file(path), strict=True)` works on a torchvision ResNet with as many classes; and back, from
 * there or from what torch.save wrote.
 */
import { StudioError } from '../base/errors';
import { ARCHITECTURES, type Architecture } from '../models/meta';
import { stateSpecs } from '../models/resnet';
import type { HostState, TensorSpec } from '../nn/state';
import { readSafetensors, writeSafetensors } from '../io/safetensors';
import type { StoredTensor } from '../io/elements';
import { isTorchFile, readTorchFile } from '../io/torchFile';
import { fromTorchFilter, torchShape, toTorchFilter } from '../io/torchLayout';

export interface Weights {
  arch: Architecture;
  classes: readonly string[];
  state: HostState;
}

/** How many tensors an error names of a kind. */
const MOST_NAMED = 8;

/** `extra` goes into the file's metadata beside architecture and class names. */
export function weightsToSafetensors(weights: Weights, extra: Readonly<Record<string, string>>): Blob {
  const tensors = new Map<string, StoredTensor>();
  for (const spec of stateSpecs(weights.arch, weights.classes.length)) {
    tensors.set(spec.key, encode(spec, weights.state));
  }
  const metadata = { format: 'pt', arch: weights.arch, classes: JSON.stringify(weights.classes), ...extra };
  return writeSafetensors({ tensors, metadata });
}

function encode(spec: TensorSpec, state: HostState): StoredTensor {
  if (spec.role === 'batchesTracked') {
    const bytes = new Uint8Array(8);
    new DataView(bytes.buffer).setBigInt64(0, BigInt(state.batchesTracked.get(spec.key)!), true);
    return { dtype: 'I64', shape: [], bytes };
  }
  const { values, shape } = state.tensors.get(spec.key)!;
  const torch = spec.role === 'conv' ? toTorchFilter(values, shape) : values;
  return {
    dtype: 'F32',
    shape: torchShape(shape),
    bytes: new Uint8Array(torch.buffer, torch.byteOffset, torch.byteLength),
  };
}

/**
 * Reads weights of any of our architectures with any number of classes, `.safetensors` or torch.save's. Files of before
 * PyTorch 0.4.1 do not count their batches: theirs start at none.
 * @throws StudioError `bad-weights`, naming what is missing, left over or misshapen.
 */
export async function readWeights(file: Blob): Promise<Weights> {
  const { tensors, metadata } = (await isTorchFile(file))
    ? { tensors: await readTorchFile(file), metadata: {} as Record<string, string> }
    : await readSafetensors(file);
  const bias = tensors.get('fc.bias');
  if (!bias || bias.shape.length !== 1) throw refuse('The file has no fc.bias vector, so it is no ResNet classifier');
  const count = bias.shape[0]!;
  const arch = recognise(tensors, count);
  const specs = stateSpecs(arch, count);
  checkTensors(arch, specs, tensors);
  const state: HostState = { tensors: new Map(), batchesTracked: new Map() };
  for (const spec of specs) {
    const tensor = tensors.get(spec.key);
    if (tensor) decode(spec, tensor, state);
    else state.batchesTracked.set(spec.key, 0);
  }
  return { arch, classes: classNames(metadata['classes'], count), state };
}

/** The architecture that shares most keys with the file, of all keys of either. */
function recognise(tensors: ReadonlyMap<string, StoredTensor>, classes: number): Architecture {
  const shared = (arch: Architecture) => {
    const keys = stateSpecs(arch, classes).map(({ key }) => key);
    const common = keys.filter((key) => tensors.has(key)).length;
    return common / (keys.length + tensors.size - common);
  };
  return ARCHITECTURES.reduce((best, arch) => (shared(arch) > shared(best) ? arch : best));
}

/** @throws StudioError that lists what is missing, left over and misshapen, all at once. */
function checkTensors(
  arch: Architecture,
  specs: readonly TensorSpec[],
  tensors: ReadonlyMap<string, StoredTensor>,
): void {
  const known = new Set(specs.map(({ key }) => key));
  const missing = specs.filter(({ key, role }) => !tensors.has(key) && role !== 'batchesTracked').map(({ key }) => key);
  const extra = [...tensors.keys()].filter((key) => !known.has(key));
  const misshapen = specs.flatMap(({ key, role, shape }) => {
    const tensor = tensors.get(key);
    if (!tensor) return [];
    const [is, expected] = [
      describe(tensor),
      describe({ dtype: role === 'batchesTracked' ? 'I64' : 'F32', shape: torchShape(shape) }),
    ];
    return is === expected ? [] : [`${key} (${is}, not ${expected})`];
  });
  const faults = [
    ...(missing.length > 0 ? [`it lacks ${some(missing)}`] : []),
    ...(extra.length > 0 ? [`a ${arch} has no ${some(extra)}`] : []),
    ...(misshapen.length > 0 ? [`of another shape are ${some(misshapen)}`] : []),
  ];
  if (faults.length > 0) throw refuse(`The file comes closest to a ${arch}, but ${faults.join('; ')}`);
}

const describe = ({ dtype, shape }: Pick<StoredTensor, 'dtype' | 'shape'>) =>
  `${dtype === 'I64' ? 'whole numbers ' : ''}[${shape.join(', ')}]`;

function decode(spec: TensorSpec, { bytes }: StoredTensor, state: HostState): void {
  if (spec.role === 'batchesTracked') {
    state.batchesTracked.set(spec.key, Number(new DataView(bytes.buffer).getBigInt64(0, true)));
    return;
  }
  const torch = new Float32Array(bytes.buffer);
  const at = torch.findIndex((value) => !Number.isFinite(value));
  if (at >= 0) throw refuse(`${spec.key} holds ${torch[at]} at element ${at}`);
  const values = spec.role === 'conv' ? fromTorchFilter(torch, spec.shape) : torch;
  state.tensors.set(spec.key, { shape: spec.shape, values });
}

function classNames(text: string | undefined, count: number): string[] {
  try {
    const names: unknown = JSON.parse(text ?? '');
    if (Array.isArray(names) && names.length === count && names.every((name) => typeof name === 'string')) return names;
  } catch {
    // Files of other makers name no classes.
  }
  return Array.from({ length: count }, (_, i) => `class ${i}`);
}

const some = (keys: readonly string[]) =>
  `${keys.slice(0, MOST_NAMED).join(', ')}${keys.length > MOST_NAMED ? ` and ${keys.length - MOST_NAMED} more` : ''}`;

function refuse(message: string): StudioError {
  return new StudioError('bad-weights', message, 'The studio reads ResNet-18, 34, 50 and 101 with torchvision’s keys.');
}
