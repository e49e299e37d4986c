/**
 * A state dict, or a checkpoint, as `torch.save` writes it and `torch.load(weights_only=True)` reads it: a zip of storages and one pickle of
 * those opcodes alone that PyTorch's restricted unpickler knows (torch/_weights_only_unpickler.py of 1.13: no floats among
 * them). `torchFile.ts` reads it back. Format: torch/serialization.py.
 */
import { rowMajorStrides, type StoredTensor } from './elements';
import { writeZip } from './zipWriter';

/** Every record's folder. */
const ROOT = 'archive';
/** Of the archive's format, not of PyTorch; a file without it is refused. */
const VERSION = '3\n';
/** Where the metadata lies: a record of ours, which PyTorch passes over. */
export const METADATA_RECORD = 'metadata.json';

/** A number that Python is to have as a float, whole or not. */
export interface PythonFloat {
  float: number;
}

/** What a checkpoint is made of. Numbers are whole, of 32 bits; maps are dictionaries, in their order. */
export type TorchValue =
  | StoredTensor
  | PythonFloat
  | number
  | string
  | boolean
  | null
  | readonly TorchValue[]
  | ReadonlyMap<string | number, TorchValue>;

/** Tensors of different keys share nothing; `metadata` stays out of the state dict, so that it loads strictly. */
export function writeTorchFile(
  tensors: ReadonlyMap<string, StoredTensor>,
  metadata: Readonly<Record<string, string>>,
): Blob {
  return writeTorchValue(tensors, metadata);
}

/** Floats among the values are more than `weights_only` of PyTorch 1.13 reads; later versions read them. */
export function writeTorchValue(value: TorchValue, metadata: Readonly<Record<string, string>>): Blob {
  const text = (value: string) => new TextEncoder().encode(value);
  const out = new PickleWriter();
  const pickle = out.whole(value);
  const storages = out.storages.map(({ bytes }, i) => ({ name: `${ROOT}/data/${i}`, bytes }));
  return writeZip([
    { name: `${ROOT}/data.pkl`, bytes: pickle },
    { name: `${ROOT}/byteorder`, bytes: text('little') },
    ...storages,
    { name: `${ROOT}/version`, bytes: text(VERSION) },
    { name: `${ROOT}/${METADATA_RECORD}`, bytes: text(JSON.stringify(metadata)) },
  ]);
}

/** One value, protocol 2. Opcodes: Python's Lib/pickletools.py. */
class PickleWriter {
  /** By the numbers that the pickle calls them. */
  readonly storages: StoredTensor[] = [];
  private readonly bytes: number[] = [];

  /** PROTO 2 … STOP */
  whole(value: TorchValue): Uint8Array<ArrayBuffer> {
    this.bytes.push(0x80, 2);
    this.value(value);
    this.bytes.push(0x2e);
    return Uint8Array.from(this.bytes);
  }

  private value(value: TorchValue): void {
    if (value === null) this.bytes.push(0x4e);
    else if (typeof value === 'boolean') this.bytes.push(value ? 0x88 : 0x89);
    else if (typeof value === 'number') this.integer(value);
    else if (typeof value === 'string') this.text(value);
    else if (value instanceof Map) this.dictionary(value);
    else if (isList(value)) this.list(value);
    else if ('float' in value) this.float(value.float);
    else if ('dtype' in value) this.tensor(value);
    else throw new TypeError('No value of a checkpoint');
  }

  /** EMPTY_DICT, MARK … SETITEMS */
  private dictionary(entries: ReadonlyMap<string | number, TorchValue>): void {
    this.bytes.push(0x7d, 0x28);
    for (const [key, value] of entries) {
      this.value(key);
      this.value(value);
    }
    this.bytes.push(0x75);
  }

  /** EMPTY_LIST, MARK … APPENDS */
  private list(values: readonly TorchValue[]): void {
    this.bytes.push(0x5d, 0x28);
    for (const value of values) this.value(value);
    this.bytes.push(0x65);
  }

  /** A call of `torch._utils._rebuild_tensor_v2` on the storage of its number. */
  private tensor(tensor: StoredTensor): void {
    const { dtype, shape, bytes } = tensor;
    const width = dtype === 'F32' ? 4 : 8;
    const number = this.storages.push(tensor) - 1;
    this.global('torch._utils', '_rebuild_tensor_v2');
    this.tuple(() => {
      this.tuple(() => {
        this.text('storage');
        this.global('torch', dtype === 'F32' ? 'FloatStorage' : 'LongStorage');
        this.text(String(number));
        this.text('cpu');
        this.integer(bytes.byteLength / width);
      });
      this.persistentId();
      this.integer(0);
      this.tuple(() => shape.forEach((size) => this.integer(size)));
      this.tuple(() => rowMajorStrides(shape).forEach((stride) => this.integer(stride)));
      this.value(false);
      // The hooks of its backward pass: none.
      this.global('collections', 'OrderedDict');
      this.tuple(() => undefined);
      this.call();
    });
    this.call();
  }

  /** BINUNICODE */
  private text(value: string): void {
    const encoded = new TextEncoder().encode(value);
    this.bytes.push(0x58, ...word(encoded.length), ...encoded);
  }

  /** BININT: of 32 bits, as storages of up to 8 GiB have elements. */
  private integer(value: number): void {
    if (value !== (value | 0)) throw new RangeError(`${value} elements`);
    this.bytes.push(0x4a, ...word(value));
  }

  /** BINFLOAT: big-endian, alone among the opcodes. */
  private float(value: number): void {
    const bytes = new Uint8Array(8);
    new DataView(bytes.buffer).setFloat64(0, value, false);
    this.bytes.push(0x47, ...bytes);
  }

  /** MARK … TUPLE, or EMPTY_TUPLE */
  private tuple(items: () => void): void {
    const from = this.bytes.push(0x28);
    items();
    if (this.bytes.length > from) this.bytes.push(0x74);
    else this.bytes[from - 1] = 0x29;
  }

  /** GLOBAL */
  private global(module: string, name: string): void {
    this.bytes.push(0x63, ...new TextEncoder().encode(`${module}\n${name}\n`));
  }

  /** REDUCE */
  private call(): void {
    this.bytes.push(0x52);
  }

  /** BINPERSID */
  private persistentId(): void {
    this.bytes.push(0x51);
  }
}

const isList = (value: object): value is readonly TorchValue[] => Array.isArray(value);
const word = (value: number) => [value & 255, (value >>> 8) & 255, (value >>> 16) & 255, value >>> 24];
