/**
 * A state dict as `torch.save` writes it and `torch.load(weights_only=True)` reads it: a zip of storages and one pickle of
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

/** Tensors of different keys share nothing; `metadata` stays out of the state dict, so that it loads strictly. */
export function writeTorchFile(
  tensors: ReadonlyMap<string, StoredTensor>,
  metadata: Readonly<Record<string, string>>,
): Blob {
  const text = (value: string) => new TextEncoder().encode(value);
  const storages = [...tensors.values()].map(({ bytes }, i) => ({ name: `${ROOT}/data/${i}`, bytes }));
  return writeZip([
    { name: `${ROOT}/data.pkl`, bytes: pickleOf(tensors) },
    { name: `${ROOT}/byteorder`, bytes: text('little') },
    ...storages,
    { name: `${ROOT}/version`, bytes: text(VERSION) },
    { name: `${ROOT}/${METADATA_RECORD}`, bytes: text(JSON.stringify(metadata)) },
  ]);
}

/** `{key: tensor, …}`, each tensor a call of `torch._utils._rebuild_tensor_v2` on the storage of its number. */
function pickleOf(tensors: ReadonlyMap<string, StoredTensor>): Uint8Array<ArrayBuffer> {
  const out = new PickleWriter();
  out.begin();
  [...tensors].forEach(([key, { dtype, shape, bytes }], index) => {
    const width = dtype === 'F32' ? 4 : 8;
    out.text(key);
    out.global('torch._utils', '_rebuild_tensor_v2');
    out.tuple(() => {
      out.tuple(() => {
        out.text('storage');
        out.global('torch', dtype === 'F32' ? 'FloatStorage' : 'LongStorage');
        out.text(String(index));
        out.text('cpu');
        out.integer(bytes.byteLength / width);
      });
      out.persistentId();
      out.integer(0);
      out.tuple(() => shape.forEach((size) => out.integer(size)));
      out.tuple(() => rowMajorStrides(shape).forEach((stride) => out.integer(stride)));
      out.false();
      // The hooks of its backward pass: none.
      out.global('collections', 'OrderedDict');
      out.tuple(() => undefined);
      out.call();
    });
    out.call();
  });
  return out.end();
}

/** One dictionary, protocol 2. Opcodes: Python's Lib/pickletools.py. */
class PickleWriter {
  private readonly bytes: number[] = [];

  /** PROTO 2, EMPTY_DICT, MARK */
  begin(): void {
    this.bytes.push(0x80, 2, 0x7d, 0x28);
  }

  /** SETITEMS, STOP */
  end(): Uint8Array<ArrayBuffer> {
    this.bytes.push(0x75, 0x2e);
    return Uint8Array.from(this.bytes);
  }

  /** BINUNICODE */
  text(value: string): void {
    const encoded = new TextEncoder().encode(value);
    this.bytes.push(0x58, ...word(encoded.length), ...encoded);
  }

  /** BININT: of 32 bits, as storages of up to 8 GiB have elements. */
  integer(value: number): void {
    if (value !== (value | 0)) throw new RangeError(`${value} elements`);
    this.bytes.push(0x4a, ...word(value));
  }

  /** NEWFALSE */
  false(): void {
    this.bytes.push(0x89);
  }

  /** MARK … TUPLE, or EMPTY_TUPLE */
  tuple(items: () => void): void {
    const from = this.bytes.push(0x28);
    items();
    if (this.bytes.length > from) this.bytes.push(0x74);
    else this.bytes[from - 1] = 0x29;
  }

  /** GLOBAL */
  global(module: string, name: string): void {
    this.bytes.push(0x63, ...new TextEncoder().encode(`${module}\n${name}\n`));
  }

  /** REDUCE */
  call(): void {
    this.bytes.push(0x52);
  }

  /** BINPERSID */
  persistentId(): void {
    this.bytes.push(0x51);
  }
}

const word = (value: number) => [value & 255, (value >>> 8) & 255, (value >>> 16) & 255, value >>> 24];
