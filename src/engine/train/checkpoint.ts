/**
 * Networks → `.safetensors` with torchvision's keys, order, shapes and dtypes, so that
 * `model.load_state_dict(load_file(path), strict=True)` works on a torchvision ResNet with as many classes; and back, from
 * there or from what torch.save wrote. fastai's head has keys of its own (models/heads.ts) after torchvision's.
 */
import { StudioError } from '../base/errors';
import { type Architecture, trunkLabels, UNLISTED_ARCHITECTURES } from '../models/meta';
import { commonKeys, otherNetwork, recognise, relativeOf } from '../models/recognise';
import { modelOf, stateSpecs } from '../models/registry';
import { isBesideTrunk, isTrunkAlone, torchvisionKeys } from '../models/stateDict';
import type { HostState, TensorSpec } from '../nn/state';
import { writeSafetensors } from '../io/safetensors';
import type { FileTensor, StoredTensor } from '../io/elements';
import { fromTorchFilter, fromTorchShape, torchShape, toTorchFilter } from '../io/torchLayout';

export interface Weights {
  arch: Architecture;
  classes: readonly string[];
  state: HostState;
}

/** How many tensors an error names of a kind. */
const MOST_NAMED = 8;
/** And how much of a key. */
const SHOWN_CHARACTERS = 80;
/** ImageNet's largest set has 21,843. */
const MOST_CLASSES = 100_000;

/** `extra` goes into the file's metadata beside architecture and class names. */
export function weightsToSafetensors(weights: Weights, extra: Readonly<Record<string, string>>): Blob {
  const tensors = torchTensors(weights);
  const metadata = { format: 'pt', arch: weights.arch, classes: JSON.stringify(weights.classes), ...extra };
  return writeSafetensors({ tensors, metadata });
}

/** The state dict as torchvision has it: its keys, order, shapes and dtypes. */
export function torchTensors({ arch, classes, state }: Weights): Map<string, StoredTensor> {
  return new Map(stateSpecs(arch, classes.length).map((spec) => [spec.key, encode(spec, state)]));
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

/** Weights as they were found in a file. */
export interface ReadWeights extends Weights {
  /** Whether the file names its classes; else they are called by their numbers. */
  named: boolean;
  metadata: Readonly<Record<string, string>>;
  /** What stood before the keys, and where in the file the state dict was. */
  prefix: string;
  place: string;
  /** Other state dicts of the file, and keys that belong to something else. */
  others: readonly string[];
  ignored: readonly string[];
}

/**
 * Reads weights of any of our architectures with any number of classes, `.safetensors` or torch.save's, by their content.
 * Keys may be named as training programs leave them (`torchvisionKeys`). A network without a classifier has no classes: its
 * trunk is a start. Files of before PyTorch 0.4.1 do not count their batches: theirs start at none. Nothing of a tensor is
 * read before all keys and shapes are right.
 * @throws StudioError `bad-weights`, naming what is missing, left over or misshapen.
 */
export async function readWeights(file: Blob): Promise<ReadWeights> {
  // Loaded when somebody brings weights.
  const { openWeightsFile } = await import('../io/weightsFile');
  const { tensors: named, metadata, place, others } = await openWeightsFile(file);
  const { tensors, prefix, ignored } = torchvisionKeys(named);
  const shapes = new Map([...tensors].map(([key, { shape }]) => [key, fromTorchShape(shape)]));
  // Nobody has weights of the tests' networks but files that say so.
  const unlisted = UNLISTED_ARCHITECTURES.find((one) => one === metadata['arch']);
  const relative = unlisted ? undefined : relativeOf(shapes);
  if (relative) throw refuse(`The network of the file ${relative}`);
  const arch = unlisted ?? recognise(shapes);
  if (commonKeys(arch, shapes) * 4 < shapes.size) {
    const other = otherNetwork([...named.keys()]);
    throw refuse(`The file is ${other ?? 'of no ResNet'}: its tensors are called ${some([...named.keys()])}`);
  }
  const { isOfHead } = modelOf(arch);
  const headless = isTrunkAlone(tensors);
  const count = headless ? 0 : classesOf(arch, tensors);
  const all = stateSpecs(arch, Math.max(1, count));
  const specs = headless ? all.filter(({ key }) => !isOfHead(key)) : all;
  const beside = headless ? [...tensors.keys()].filter(isBesideTrunk) : [];
  for (const key of beside) tensors.delete(key);
  checkTensors(arch, specs, tensors);
  const state: HostState = { tensors: new Map(), batchesTracked: new Map() };
  for (const spec of specs) {
    const tensor = tensors.get(spec.key);
    if (tensor && (spec.role !== 'batchesTracked' || tensor.dtype === 'I64')) decode(spec, await tensor.read(), state);
    else state.batchesTracked.set(spec.key, 0);
  }
  const names = classNames(metadata['classes'], count);
  const classes = names ?? Array.from({ length: count }, (_, i) => unnamedClass(i));
  const found = { metadata, prefix, place, others, ignored: [...ignored, ...beside] };
  return { arch, classes, state, named: names !== undefined, ...found };
}

/** How many numbers the last layer gives: what the head ends with is a vector or a matrix of as many rows. */
function classesOf(arch: Architecture, tensors: ReadonlyMap<string, FileTensor>): number {
  const last = stateSpecs(arch, 1).at(-1)!;
  const { shape } = tensors.get(last.key) ?? { shape: [] };
  if (shape.length !== last.shape.length) {
    const kind = last.shape.length === 1 ? 'vector' : 'matrix';
    throw refuse(`The file has no ${last.key} ${kind}, so it is no ResNet classifier`);
  }
  const [count = 0] = shape;
  if (count < 1 || count > MOST_CLASSES) throw refuse(`${last.key} tells ${count} classes apart`);
  return count;
}

/** @throws StudioError that lists what is missing, left over and misshapen, all at once. */
function checkTensors(
  arch: Architecture,
  specs: readonly TensorSpec[],
  tensors: ReadonlyMap<string, FileTensor>,
): void {
  const known = new Set(specs.map(({ key }) => key));
  const missing = specs.filter(({ key, role }) => !tensors.has(key) && role !== 'batchesTracked').map(({ key }) => key);
  const extra = [...tensors.keys()].filter((key) => !known.has(key));
  const misshapen = specs.flatMap(({ key, role, shape }) => {
    const tensor = tensors.get(key);
    // Counts of batches went to floating point with all else where somebody made the dictionary half.
    if (!tensor || (role === 'batchesTracked' && tensor.shape.length === 0)) return [];
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

const describe = ({ dtype, shape }: Pick<FileTensor, 'dtype' | 'shape'>) =>
  `${dtype === 'I64' ? 'whole numbers ' : ''}[${shape.join(', ')}]`;

function decode(spec: TensorSpec, bytes: Uint8Array<ArrayBuffer>, state: HostState): void {
  if (spec.role === 'batchesTracked') {
    state.batchesTracked.set(spec.key, Number(new DataView(bytes.buffer).getBigInt64(0, true)));
    return;
  }
  const torch = new Float32Array(bytes.buffer);
  const least = spec.role === 'runningVariance' ? 0 : -Infinity;
  for (let i = 0; i < torch.length; i++) {
    const value = torch[i]!;
    // A NaN's difference to itself is one, an infinity's too.
    if (value - value !== 0 || value < least)
      throw refuse(
        `${spec.key} holds ${value} at element ${i}`,
        'The training that wrote the file had gone astray, or the file is damaged: take weights of an earlier epoch.',
      );
  }
  const values = spec.role === 'conv' ? fromTorchFilter(torch, spec.shape) : torch;
  state.tensors.set(spec.key, { shape: spec.shape, values });
}

/** Undefined in files of other makers, which name no classes. */
function classNames(text: string | undefined, count: number): string[] | undefined {
  try {
    const names: unknown = JSON.parse(text ?? '');
    if (Array.isArray(names) && names.length === count && names.every((name) => typeof name === 'string')) return names;
  } catch {
    // No list.
  }
  return undefined;
}

const unnamedClass = (index: number): string => `class ${index}`;

/** Whether the names are but numbers, since nobody said them. */
export const areUnnamed = (classes: readonly string[]): boolean =>
  classes.every((name, index) => name === unnamedClass(index));

const some = (keys: readonly string[]) =>
  `${keys
    .slice(0, MOST_NAMED)
    .map((key) => key.slice(0, SHOWN_CHARACTERS))
    .join(', ')}${keys.length > MOST_NAMED ? ` and ${keys.length - MOST_NAMED} more` : ''}`;

function refuse(
  message: string,
  hint = `The studio reads ${trunkLabels('conjunction')} with torchvision’s keys.`,
): StudioError {
  return new StudioError('bad-weights', message, hint);
}
