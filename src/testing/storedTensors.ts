import type { FileTensor, StoredTensor } from '../engine/io/elements';

/** A file's tensors, all read. */
export async function storedTensors(tensors: ReadonlyMap<string, FileTensor>): Promise<Map<string, StoredTensor>> {
  const stored = new Map<string, StoredTensor>();
  for (const [key, { dtype, shape, read }] of tensors) stored.set(key, { dtype, shape, bytes: await read() });
  return stored;
}
