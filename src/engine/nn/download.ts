/** A network's weights, brought home. */
import { type Readable, readFloats } from '../gpu/readback';
import type { HostState, NetworkState } from './state';

/** Copies every tensor to the CPU, as it is when this is called. Waits for the GPU. */
export async function downloadState(device: Readable, state: NetworkState): Promise<HostState> {
  const tensors: HostState['tensors'] = new Map();
  const batchesTracked = new Map(state.batchesTracked);
  const arenas = await Promise.all(
    state.arenas.map(async ({ whole, slices }) => ({ slices, values: await readFloats(device, whole) })),
  );
  for (const { slices, values } of arenas) {
    for (const [key, { shape, offset = 0 }] of slices) {
      const count = shape.reduce((product, length) => product * length, 1);
      tensors.set(key, { shape, values: values.slice(offset / 4, offset / 4 + count) });
    }
  }
  return { tensors, batchesTracked };
}
