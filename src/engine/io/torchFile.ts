/**
 * Tensors as `torch.save` writes them: a zip of raw storages and one pickle that says where in them the tensors lie. A bare
 * state dict, or one within a checkpoint; any floating type comes out as F32, whole numbers as I64. Format: torch/serialization.py.
 */
import { StudioError } from '../base/errors';
import { ELEMENT_TYPES, type ElementType, type FileTensor, fileTensor, MOST_AXES, spanOf } from './elements';
import { globalName, type Pickled, Placeholder, readPickle } from './pickle';
import { METADATA_RECORD } from './torchSave';
import { readZip, type ZipEntry } from './zip';

const STORAGES: Readonly<Record<string, ElementType>> = {
  'torch.FloatStorage': ELEMENT_TYPES.F32,
  'torch.DoubleStorage': ELEMENT_TYPES.F64,
  'torch.HalfStorage': ELEMENT_TYPES.F16,
  'torch.BFloat16Storage': ELEMENT_TYPES.BF16,
  'torch.LongStorage': ELEMENT_TYPES.I64,
  'torch.IntStorage': ELEMENT_TYPES.I32,
  'torch.ShortStorage': ELEMENT_TYPES.I16,
  'torch.CharStorage': ELEMENT_TYPES.I8,
  'torch.ByteStorage': ELEMENT_TYPES.U8,
  'torch.BoolStorage': ELEMENT_TYPES.BOOL,
};

class Storage {
  constructor(
    readonly type: ElementType,
    readonly key: string,
    readonly length: number,
  ) {}
}

class Tensor {
  constructor(
    readonly storage: Storage,
    readonly offset: number,
    readonly shape: readonly number[],
    readonly strides: readonly number[],
  ) {}
}

/** Where checkpoints keep their state dict, the most usual first; others are looked through, too. */
const NESTED = [
  'state_dict',
  'model_state_dict',
  'model',
  'net',
  'network',
  'module',
  'backbone',
  'encoder',
  'weights',
];
/** Averages of weights and optimisers, which are not meant unless there is nothing else. */
const BESIDE = /ema|average|swa|optim|sched|teacher|momentum|discriminator/i;
/** A dictionary may hold itself, so no deeper is looked than checkpoints nest. */
const MOST_DEPTH = 5;
const MOST_PLACES = 20_000;
/** A state dict may be one of a few things in a list. */
const MOST_LISTED = 8;
/** Views share their storages, but what all of them span is not a multiple of the file beyond reason. */
const MOST_SPANNED = 64;
/** A ResNet-101's has some 50 kB; a checkpoint's optimiser may have as much again, and more. */
const MAX_PICKLE_BYTES = 8 * 2 ** 20;

/** How a zip archive begins. */
const ZIP = [0x50, 0x4b, 0x03, 0x04];
/** And PyTorch's files of before version 1.6: a pickled number. As a safetensors header's length it would be far too long. */
const OLD = [0x80, 0x02, 0x8a, 0x0a];

async function beginsWith(file: Blob, magic: readonly number[]): Promise<boolean> {
  const head = new Uint8Array(await file.slice(0, magic.length).arrayBuffer());
  return magic.every((byte, i) => head[i] === byte);
}

/** Whether the file begins as torch.save's files do, old ones included. */
export async function isTorchFile(file: Blob): Promise<boolean> {
  return (await beginsWith(file, ZIP)) || beginsWith(file, OLD);
}

export interface TorchFile {
  tensors: Map<string, FileTensor>;
  /** Where in the file they were: '' at its root, or "model", "state_dict.net". */
  place: string;
  /** Other places that hold tensors of as many names: averages and the like. */
  others: readonly string[];
  /** Of the classes, where the checkpoint has them beside its tensors, as many training programs do; null: it has none. */
  names: readonly string[] | null;
}

/**
 * Describes the tensors, each to be read when it is asked for.
 * @throws StudioError `bad-weights`, saying what is wrong, or what of the pickle is not read.
 */
export async function readTorchFile(file: Blob): Promise<Map<string, FileTensor>> {
  return (await openTorchFile(file)).tensors;
}

/** The same, and where in the file they were. */
export async function openTorchFile(file: Blob): Promise<TorchFile> {
  if (await beginsWith(file, OLD)) {
    throw new StudioError(
      'bad-weights',
      'The file was written by PyTorch before version 1.6',
      `Convert it: python3 -c "import torch; torch.save(torch.load('OLD.pth', map_location='cpu'), 'NEW.pth')"`,
    );
  }
  const entries = await readZip(file);
  const pickleName = [...entries.keys()].find((name) => /^[^/]+\/data\.pkl$/.test(name));
  const pickle = pickleName === undefined ? undefined : entries.get(pickleName);
  if (!pickleName || !pickle) throw broken('The archive has no data.pkl, so torch.save did not write it');
  if (pickle.size > MAX_PICKLE_BYTES) throw broken(`data.pkl has ${pickle.size} bytes, more than tensors need`);
  const folder = pickleName.slice(0, -'data.pkl'.length);
  await checkOrder(entries.get(`${folder}byteorder`));

  const bytes = new Uint8Array(await (await pickle.open()).arrayBuffer());
  const root = readPickle(bytes, { globals: GLOBALS, persistent: storageOf });
  const tensors = new Map<string, FileTensor>();
  const storages = new Map<string, Blob>();
  let spanned = 0;
  const [dict, ...others] = stateDictsOf(root);
  for (const [key, tensor] of dict!.tensors) {
    checkLayout(key, tensor);
    const { storage } = tensor;
    const entry = storageEntry(key, storage, entries.get(`${folder}data/${storage.key}`));
    const stored = storages.get(storage.key) ?? (await entry.open());
    storages.set(storage.key, stored);
    spanned += spanOf(tensor) * storage.type.bytes;
    tensors.set(key, fileTensor(stored, storage.type, tensor));
  }
  if (spanned > MOST_SPANNED * file.size)
    throw broken(`Its tensors span ${spanned} bytes of a file of ${file.size}: they overlap beyond reason`);
  return {
    tensors,
    place: dict!.place,
    others: others.filter((each) => each.tensors.size * 2 > tensors.size).map(({ place }) => place),
    names: namesIn(root),
  };
}

/**
 * What a file of the studio's says of itself besides its tensors; nothing of other makers' files, nor of what is no map of
 * texts. @throws StudioError `bad-weights` where the archive is broken.
 */
export async function readTorchMetadata(file: Blob): Promise<Record<string, string>> {
  if (!(await beginsWith(file, ZIP))) return {};
  const entries = await readZip(file);
  const name = [...entries.keys()].find((one) => one.endsWith(`/${METADATA_RECORD}`));
  const entry = name === undefined ? undefined : entries.get(name);
  if (!entry || entry.size > MAX_PICKLE_BYTES) return {};
  try {
    const said: unknown = JSON.parse(await (await entry.open()).text());
    const isMap = typeof said === 'object' && said !== null && !Array.isArray(said);
    return isMap && Object.values(said).every((value) => typeof value === 'string')
      ? (said as Record<string, string>)
      : {};
  } catch (error) {
    if (error instanceof StudioError) throw error;
    return {};
  }
}

async function checkOrder(entry: ZipEntry | undefined): Promise<void> {
  if (!entry) return;
  if (entry.size !== 'little'.length || (await (await entry.open()).text()) !== 'little')
    throw broken('Its numbers are in another order than little-endian');
}

const GLOBALS = {
  'collections.OrderedDict': () => new Map(),
  'torch._utils._rebuild_parameter': ([data]: readonly Pickled[]) => data ?? null,
  'torch._utils._rebuild_parameter_with_state': ([data]: readonly Pickled[]) => data ?? null,
  'torch._utils._rebuild_tensor_v2': ([storage, offset, shape, strides]: readonly Pickled[]) => {
    if (!(storage instanceof Storage) || !isCount(offset) || !isCounts(shape) || !isCounts(strides)) {
      throw broken('A tensor has no storage, or no whole numbers as its shape');
    }
    if (shape.length > MOST_AXES) throw broken(`A tensor has ${shape.length} axes`);
    if (shape.length !== strides.length)
      throw broken(`A tensor of shape [${shape.join(', ')}] has ${strides.length} strides`);
    return new Tensor(storage, offset, shape, strides);
  },
  ...Object.fromEntries(
    Object.keys(STORAGES).map((name) => [
      name,
      (): never => {
        throw broken(`The pickle calls ${name}`);
      },
    ]),
  ),
};

/** ('storage', type, key, device, length) */
function storageOf(id: Pickled): Storage {
  const [tag, global, key, , length] = Array.isArray(id) ? (id as readonly Pickled[]) : [];
  const type = STORAGES[globalName(global ?? null) ?? ''];
  if (tag !== 'storage' || !type || typeof key !== 'string' || !isCount(length))
    throw broken('The pickle has a storage of an unknown kind');
  return new Storage(type, key, length);
}

interface StateDict {
  place: string;
  tensors: ReadonlyMap<string, Tensor>;
}

/** Every dictionary of tensors, and every pickled module as one; first what is most likely meant. At least one. */
function stateDictsOf(root: Pickled): StateDict[] {
  const found: StateDict[] = [];
  const seen = new Set<Pickled>();
  const look = (value: Pickled, place: string, depth: number) => {
    if (depth > MOST_DEPTH || seen.size > MOST_PLACES || seen.has(value)) return;
    if (Array.isArray(value) && value.length <= MOST_LISTED)
      value.forEach((each: Pickled, at) => look(each, place === '' ? String(at) : `${place}.${at}`, depth + 1));
    if (!(value instanceof Map) && !(value instanceof Placeholder)) return;
    seen.add(value);
    const tensors = value instanceof Map ? tensorsOf(value) : moduleTensors(value);
    if (tensors.size > 0) {
      found.push({ place, tensors });
      if (value instanceof Placeholder) return;
    }
    const inner = value instanceof Map ? value : attributesOf(value);
    for (const [key, each] of inner)
      if (typeof key === 'string') look(each, place === '' ? key : `${place}.${key}`, depth + 1);
  };
  look(root, '', 0);
  if (found.length === 0) {
    const keys = root instanceof Map ? [...root.keys()].filter((key) => typeof key === 'string').slice(0, 8) : [];
    const holds = keys.length > 0 ? `; it holds ${keys.map((key) => key.slice(0, 40)).join(', ')}` : '';
    throw broken(`The file holds no state dict, neither by itself nor as ${NESTED.slice(0, 3).join(', ')}${holds}`);
  }
  const rankOf = ({ place }: StateDict) => {
    const names = place.split('.');
    if (names.some((name) => BESIDE.test(name))) return 2 * NESTED.length;
    const known = NESTED.indexOf(names.at(-1)!);
    return place === '' ? -1 : known >= 0 ? known : NESTED.length;
  };
  const most = Math.max(
    ...found.filter((dict) => rankOf(dict) < 2 * NESTED.length).map(({ tensors }) => tensors.size),
    1,
  );
  // A checkpoint's root may hold a tensor or two beside its state dict.
  const isSmall = ({ tensors }: StateDict) => tensors.size * 4 < most;
  return found.sort((a, b) => Number(isSmall(a)) - Number(isSmall(b)) || rankOf(a) - rankOf(b));
}

const NAME_LISTS = /^(classes|class_?names|labels|label_?names|names|categories|vocab)$/i;

/** torchvision's `class_to_idx`, timm's and mmpretrain's lists, transformers' `id2label`: the first that is one. */
function namesIn(value: Pickled, depth = 0): readonly string[] | null {
  if (depth > MOST_DEPTH) return null;
  const inner = value instanceof Map ? value : value instanceof Placeholder ? attributesOf(value) : null;
  if (!inner) return null;
  for (const [key, each] of inner) {
    if (typeof key !== 'string') continue;
    const names = NAME_LISTS.test(key)
      ? textsOf(each)
      : /^(class_?to_?idx|idx_?to_?class|id2label|label2id)$/i.test(key)
        ? numbered(each)
        : null;
    if (names) return names;
  }
  for (const [key, each] of inner) {
    const names =
      typeof key === 'string' && /meta|param|config|cfg|args|info|extra/i.test(key) ? namesIn(each, depth + 1) : null;
    if (names) return names;
  }
  return null;
}

function textsOf(value: Pickled): readonly string[] | null {
  const isTexts = Array.isArray(value) && value.length > 0 && value.every((one) => typeof one === 'string');
  return isTexts ? value : null;
}

/** Names by numbers from 0, whichever of the two is the key. */
function numbered(value: Pickled): readonly string[] | null {
  if (!(value instanceof Map)) return null;
  const names: string[] = [];
  for (const [key, each] of value) {
    const [name, number] = typeof key === 'string' && isCount(each) ? [key, each] : [each, Number(key)];
    if (typeof name !== 'string' || !isCount(number) || number >= value.size) return null;
    names[number] = name;
  }
  return Object.keys(names).length === value.size && value.size > 0 ? names : null;
}

function tensorsOf(dict: ReadonlyMap<Pickled, Pickled>): Map<string, Tensor> {
  return new Map(
    [...dict].filter((entry): entry is [string, Tensor] => typeof entry[0] === 'string' && entry[1] instanceof Tensor),
  );
}

const attributesOf = ({ state, items }: Placeholder): ReadonlyMap<Pickled, Pickled> =>
  state instanceof Map ? state : items;

/** A pickled torch.nn.Module's parameters and buffers, by the names of its state dict. */
function moduleTensors(module: Placeholder, depth = 0): Map<string, Tensor> {
  const tensors = new Map<string, Tensor>();
  const { state } = module;
  if (!(state instanceof Map) || depth > 2 * MOST_DEPTH) return tensors;
  for (const kind of ['_parameters', '_buffers']) {
    const own: Pickled | undefined = state.get(kind);
    if (own instanceof Map) for (const [key, tensor] of tensorsOf(own)) tensors.set(key, tensor);
  }
  const modules: Pickled | undefined = state.get('_modules');
  if (!(modules instanceof Map)) return tensors;
  for (const [name, inner] of modules) {
    if (typeof name !== 'string' || !(inner instanceof Placeholder)) continue;
    for (const [key, tensor] of moduleTensors(inner, depth + 1)) tensors.set(`${name}.${key}`, tensor);
  }
  return tensors;
}

function storageEntry(key: string, { type, length }: Storage, entry: ZipEntry | undefined): ZipEntry {
  if (!entry) throw broken(`The storage of ${key} is missing`);
  if (entry.size < length * type.bytes)
    throw broken(`The storage of ${key} has ${entry.size} bytes, not ${length * type.bytes}`);
  return entry;
}

function checkLayout(key: string, { storage, ...layout }: Tensor): void {
  if (layout.offset + spanOf(layout) > storage.length) {
    const shape = layout.shape.join(', ');
    throw broken(`${key} of shape [${shape}] reaches beyond its storage of ${storage.length} elements`);
  }
}

const isCount = (value: unknown): value is number => Number.isSafeInteger(value) && (value as number) >= 0;
const isCounts = (value: unknown): value is number[] => Array.isArray(value) && value.every(isCount);

function broken(message: string): StudioError {
  return new StudioError(
    'bad-weights',
    message,
    'Save the state dict again: torch.save(model.state_dict(), "weights.pth").',
  );
}
