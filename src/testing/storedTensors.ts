import type { FileTensor, StoredTensor } from '../engine/io/elements';
import { values } from './golden/values';

/** A file's tensors, all read. */
export async function storedTensors(tensors: ReadonlyMap<string, FileTensor>): Promise<Map<string, StoredTensor>> {
  const stored = new Map<string, StoredTensor>();
  for (const [key, { dtype, shape, read }] of tensors) stored.set(key, { dtype, shape, bytes: await read() });
  return stored;
}

const bytesOf = (numbers: Float32Array | BigInt64Array) => new Uint8Array(numbers.buffer as ArrayBuffer);

/** What files have to carry besides plain weights: integers, scalars, nothing at all, keys beyond ASCII. */
export const ODD_TENSORS: ReadonlyMap<string, StoredTensor> = new Map<string, StoredTensor>([
  ['conv.weight', { dtype: 'F32', shape: [5, 3, 2, 2], bytes: bytesOf(values('conv', 60)) }],
  ['tracked', { dtype: 'I64', shape: [], bytes: bytesOf(BigInt64Array.from([2n ** 40n + 7n])) }],
  ['einzelstück', { dtype: 'F32', shape: [1], bytes: bytesOf(Float32Array.from([-0])) }],
  ['empty', { dtype: 'F32', shape: [0, 4], bytes: new Uint8Array(0) }],
]);
