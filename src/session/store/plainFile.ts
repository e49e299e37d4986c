/**
 * Plain data as a safetensors file: typed arrays are its tensors, named by where they lie, and the rest is JSON among its
 * metadata. Any reader of safetensors finds the tensors; this one gives back what was written, to the bit.
 */

const KINDS = {
  F32: Float32Array,
  F64: Float64Array,
  I32: Int32Array,
  U32: Uint32Array,
  U8: Uint8Array,
} as const;
type Kind = keyof typeof KINDS;
type TypedArray = InstanceType<(typeof KINDS)[Kind]>;

interface Entry {
  dtype: Kind;
  shape: readonly number[];
  data_offsets: readonly [number, number];
}

/** Where something stands that JSON cannot say: the key of an object that nothing else has. */
const MARK = '$';
/** Deeper data are no state of ours. */
const MOST_DEPTH = 64;
const TREE = 'fixres_tree';

/**
 * @returns Chunks that make the file, the arrays' own memory among them: to be written before they change.
 * @throws TypeError at what is no plain data: functions, instances of classes.
 */
export function writePlain(value: unknown): Uint8Array[] {
  const entries: Record<string, Entry> = {};
  const arrays: TypedArray[] = [];
  let offset = 0;
  const store = (array: TypedArray, shape: readonly number[], path: string): object => {
    const dtype = kindOf(array);
    const name = path in entries || path === '' ? `${path}#${arrays.length}` : path;
    entries[name] = { dtype, shape, data_offsets: [offset, offset + array.byteLength] };
    offset += array.byteLength;
    arrays.push(array);
    return { [MARK]: 'tensor', name };
  };
  const tree = toTree(value, '', store);
  const header = JSON.stringify({ __metadata__: { [TREE]: JSON.stringify(tree) }, ...entries });
  const text = new TextEncoder().encode(header);
  const padded = new Uint8Array(8 + Math.ceil(text.byteLength / 8) * 8).fill(0x20);
  new DataView(padded.buffer).setBigUint64(0, BigInt(padded.byteLength - 8), true);
  padded.set(text, 8);
  return [
    padded,
    ...arrays.map(({ buffer, byteOffset, byteLength }) => new Uint8Array(buffer, byteOffset, byteLength)),
  ];
}

type Store = (array: TypedArray, shape: readonly number[], path: string) => object;

function toTree(value: unknown, path: string, store: Store): unknown {
  if (typeof value === 'number') {
    const plain = Number.isFinite(value) && !Object.is(value, -0);
    return plain ? value : { [MARK]: 'number', text: Object.is(value, -0) ? '-0' : String(value) };
  }
  if (value === null || typeof value === 'string' || typeof value === 'boolean') return value;
  if (typeof value !== 'object') throw new TypeError(`${path} is a ${typeof value}, which is no plain data`);
  if (ArrayBuffer.isView(value)) return store(value as TypedArray, [(value as TypedArray).length], path);
  const below = (key: string) => (path === '' ? key : `${path}.${key}`);
  if (Array.isArray(value)) return value.map((one, i) => toTree(one, below(String(i)), store));
  if (value instanceof Map) {
    const entries = [...value].map(([key, one]: [unknown, unknown], i) => [
      toTree(key, below(`${i}`), store),
      toTree(one, below(typeof key === 'string' ? key : `${i}`), store),
    ]);
    return { [MARK]: 'map', entries };
  }
  if (Object.getPrototypeOf(value) !== Object.prototype) throw new TypeError(`${path} is no plain object`);
  if (MARK in value) throw new TypeError(`${path} has a key "${MARK}"`);
  const shaped = value as { shape?: readonly number[] };
  const told = Object.entries(value).filter(([, one]) => one !== undefined);
  const tree = told.map(([key, one]: [string, unknown]) => {
    // A tensor with its shape beside it: named by itself, and as its shape says.
    if (key === 'values' && ArrayBuffer.isView(one) && holds(shaped.shape, one as TypedArray))
      return [key, store(one as TypedArray, shaped.shape!, path)];
    return [key, toTree(one, below(key), store)];
  });
  return Object.fromEntries(tree) as object;
}

const holds = (shape: readonly number[] | undefined, { length }: TypedArray) =>
  Array.isArray(shape) && shape.reduce<number>((product, side) => product * side, 1) === length;

function kindOf(array: TypedArray): Kind {
  const found = Object.entries(KINDS).find(([, type]) => array instanceof type);
  if (!found) throw new TypeError(`${array.constructor.name} is not kept`);
  return found[0] as Kind;
}

/** @throws Error if the bytes are not such a file. Arrays are copies. */
export function readPlain(bytes: Uint8Array<ArrayBuffer>): unknown {
  const length =
    bytes.byteLength >= 8 ? Number(new DataView(bytes.buffer, bytes.byteOffset).getBigUint64(0, true)) : -1;
  if (length < 0 || 8 + length > bytes.byteLength) throw new Error('It has no whole header');
  const header = parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes.subarray(8, 8 + length)));
  const { __metadata__: metadata, ...entries } = header as { __metadata__?: Record<string, unknown> } & Record<
    string,
    Entry
  >;
  const text = metadata?.[TREE];
  if (typeof text !== 'string') throw new Error('It says nothing of what its tensors are');
  const data = bytes.subarray(8 + length);
  return fromTree(parse(text), (name) => arrayOf(entries, name, data), 0);
}

function parse(text: string): object {
  const value: unknown = JSON.parse(text);
  return typeof value === 'object' && value !== null ? value : { value };
}

function arrayOf(entries: Readonly<Record<string, Entry>>, name: string, data: Uint8Array<ArrayBuffer>): TypedArray {
  const entry = Object.hasOwn(entries, name) ? entries[name]! : null;
  const type = entry && Object.hasOwn(KINDS, entry.dtype) ? KINDS[entry.dtype] : null;
  const [from = -1, to = -1] = entry?.data_offsets ?? [];
  const whole = type && Number.isSafeInteger(from) && from >= 0 && to >= from && to <= data.byteLength;
  if (!whole || (to - from) % type.BYTES_PER_ELEMENT !== 0) throw new Error(`Its tensor ${name} is not there`);
  return new type(data.slice(from, to).buffer);
}

function fromTree(tree: unknown, arrayNamed: (name: string) => TypedArray, depth: number): unknown {
  if (depth > MOST_DEPTH) throw new Error('It is nested too deeply');
  const below = (one: unknown) => fromTree(one, arrayNamed, depth + 1);
  if (typeof tree !== 'object' || tree === null) return tree;
  if (Array.isArray(tree)) return tree.map(below);
  const { [MARK]: mark, name, text, entries } = tree as Record<string, unknown>;
  switch (mark) {
    case undefined:
      return Object.fromEntries(Object.entries(tree).map(([key, one]) => [key, below(one)]));
    case 'number':
      return Number(text);
    case 'tensor':
      return arrayNamed(String(name));
    case 'map':
      if (!Array.isArray(entries)) break;
      return new Map(
        entries.map((entry: unknown) => (Array.isArray(entry) ? [below(entry[0]), below(entry[1])] : [])) as [
          unknown,
          unknown,
        ][],
      );
    default:
  }
  throw new Error('It has a mark that nobody knows');
}
