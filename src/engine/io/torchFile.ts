/**
 * Tensors as `torch.save` writes them: a zip of raw storages and one pickle that says where in them the tensors lie. A bare
 * state dict, or one within a checkpoint; any floating type comes out as F32, whole numbers as I64. Format: torch/serialization.py.
 */
import { StudioError } from '../base/errors';
import { ELEMENT_TYPES, type ElementType, type FileTensor, fileTensor, MOST_AXES, spanOf } from './elements';
import { globalName, type Pickled, readPickle } from './pickle';
import { readZip, type ZipEntry } from './zip';

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

/**
 * Describes the tensors, each to be read when it is asked for.
 * @throws StudioError `bad-weights`, saying what is wrong, or what of the pickle is not read.
 */
export async function readTorchFile(file: Blob): Promise<Map<string, FileTensor>> {
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
  for (const [key, tensor] of stateDictOf(root)) {
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
  return tensors;
}

async function checkOrder(entry: ZipEntry | undefined): Promise<void> {
  if (!entry) return;
  if (entry.size !== 'little'.length || (await (await entry.open()).text()) !== 'little')
    throw broken('Its numbers are in another order than little-endian');
}

const GLOBALS = {
  'collections.OrderedDict': () => new Map(),
  'torch._utils._rebuild_parameter': ([data]: readonly Pickled[]) => data ?? null,
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

/** `depth`: a dictionary may hold itself, so no deeper is looked than checkpoints nest. */
function stateDictOf(root: Pickled, depth = 4): Map<string, Tensor> {
  if (root instanceof Map && depth > 0) {
    for (const name of NESTED) {
      const inner: Pickled | undefined = root.get(name);
      if (inner instanceof Map) return stateDictOf(inner, depth - 1);
    }
    const tensors = [...root].filter(
      (entry): entry is [string, Tensor] => typeof entry[0] === 'string' && entry[1] instanceof Tensor,
    );
    if (tensors.length > 0) return new Map(tensors);
  }
  throw broken(`The file holds no state dict, neither by itself nor as ${NESTED.join(', ')}`);
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
