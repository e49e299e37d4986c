/** A network's weights, brought home. */
import { readFloats } from '../gpu/readback';
import type { HostState, NetworkState } from './state';

/** Copies every tensor to the CPU. Waits for the GPU. */
export async function downloadState(state: NetworkState): Promise<HostState> {
  const tensors: HostState['tensors'] = new Map();
  for (const [key, tensor] of [...state.parameters, ...state.buffers]) {
    tensors.set(key, { shape: tensor.shape, values: await readFloats(tensor) });
  }
  return { tensors, batchesTracked: new Map(state.batchesTracked) };
}
