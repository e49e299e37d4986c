/**
 * Tensors as `torch.save` writes them: a zip of raw storages and one pickle that says where in them the tensors lie. A bare
 * state dict, or one within a checkpoint; any floating type comes out as F32, whole numbers as I64. Format: torch/serialization.py.
 */
import { StudioError } from '../base/errors';
import { ELEMENT_TYPES, type ElementType, readElements, type StoredTensor } from './elements';
import { globalName, type Pickled, readPickle } from './pickle';
import { readZip } from './zip';

const STORAGES: Readonly<Record<string, ElementType>> = {
  'torch.FloatStorage': ELEMENT_TYPES.F32,
  'torch.DoubleStorage': ELEMENT_TYPES.F64,
  'torch.HalfStorage': ELEMENT_TYPES.F16,
  'torch.BFloat16Storage': ELEMENT_TYPES.BF16,
  'torch.LongStorage': ELEMENT_TYPES.I64,
  'torch.IntStorage': ELEMENT_TYPES.I32,
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

/** Where checkpoints keep their state dict. */
const NESTED = ['state_dict', 'model_state_dict', 'model'];
/** What DataParallel and torch.compile put before every key. */
const PREFIXES = ['module.', '_orig_mod.'];
/** A tensor may repeat its storage's elements by a stride of 0, but not without end. */
const MOST_REPEATED = 2 ** 20;
const MAX_PICKLE_BYTES = 64 * 2 ** 20;

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

/** @throws StudioError `bad-weights`, saying what is wrong, or what of the pickle is not read. */
export async function readTorchFile(file: Blob): Promise<Map<string, StoredTensor>> {
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
  const order = await entries.get(`${folder}byteorder`)?.text();
  if (order !== undefined && order !== 'little') throw broken(`Its numbers are in ${order}-endian order`);

  const root = readPickle(new Uint8Array(await pickle.arrayBuffer()), { globals: GLOBALS, persistent: storageOf });
  const views = new Map<string, DataView<ArrayBuffer>>();
  const tensors = new Map<string, StoredTensor>();
  for (const [key, tensor] of withoutPrefix(stateDictOf(root))) {
    const { storage } = tensor;
    const view =
      views.get(storage.key) ?? (await storageView(entries.get(`${folder}data/${storage.key}`), storage, key));
    views.set(storage.key, view);
    tensors.set(key, elementsOf(key, tensor, view));
  }
  return tensors;
}

const GLOBALS = {
  'collections.OrderedDict': () => new Map(),
  'torch._utils._rebuild_parameter': ([data]: readonly Pickled[]) => data ?? null,
  'torch._utils._rebuild_tensor_v2': ([storage, offset, shape, strides]: readonly Pickled[]) => {
    if (!(storage instanceof Storage) || !isCount(offset) || !isCounts(shape) || !isCounts(strides)) {
      throw broken('A tensor has no storage, or no whole numbers as its shape');
    }
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

function stateDictOf(root: Pickled): Map<string, Tensor> {
  if (root instanceof Map) {
    for (const name of NESTED) {
      const inner: Pickled | undefined = root.get(name);
      if (inner instanceof Map) return stateDictOf(inner);
    }
    const tensors = [...root].filter(
      (entry): entry is [string, Tensor] => typeof entry[0] === 'string' && entry[1] instanceof Tensor,
    );
    if (tensors.length > 0) return new Map(tensors);
  }
  throw broken(`The file holds no state dict, neither by itself nor as ${NESTED.join(', ')}`);
}

function withoutPrefix(tensors: Map<string, Tensor>): Map<string, Tensor> {
  const prefix = PREFIXES.find((each) => [...tensors.keys()].every((key) => key.startsWith(each)));
  if (prefix === undefined) return tensors;
  return withoutPrefix(new Map([...tensors].map(([key, tensor]) => [key.slice(prefix.length), tensor])));
}

async function storageView(
  entry: Blob | undefined,
  { type, length }: Storage,
  key: string,
): Promise<DataView<ArrayBuffer>> {
  if (!entry) throw broken(`The storage of ${key} is missing`);
  if (entry.size < length * type.bytes)
    throw broken(`The storage of ${key} has ${entry.size} bytes, not ${length * type.bytes}`);
  return new DataView(await entry.arrayBuffer());
}

function elementsOf(key: string, { storage, ...layout }: Tensor, view: DataView<ArrayBuffer>): StoredTensor {
  const { type, length } = storage;
  const { shape, strides, offset } = layout;
  const count = shape.reduce((a, b) => a * b, 1);
  const last = count === 0 ? -1 : shape.reduce((at, size, axis) => at + (size - 1) * strides[axis]!, offset);
  if (last >= length || count > Math.max(length, MOST_REPEATED)) {
    throw broken(`${key} of shape [${shape.join(', ')}] reaches beyond its storage of ${length} elements`);
  }
  return readElements(view, type, layout);
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
