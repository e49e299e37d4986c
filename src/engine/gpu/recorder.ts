/**
 * What a kernel needs of a GPU: memory, and somewhere to record its dispatches. The studio's backend records them on a
 * device; the planner counts them and has no device at all, so a plan is the very code that will run.
 */
import type { TensorInfo } from '@tensorflow/tfjs-core';
import type { AdapterReport } from './report';

/** How a tensor's elements lie in GPU memory. Lengths of `float16` tensors are even. */
export type StorageType = 'float32' | 'int32' | 'float16';

/** A tensor on the GPU: TensorFlow.js's handle, and half precision, which TensorFlow.js has no name for. */
export interface GpuTensor extends Omit<TensorInfo, 'dtype'> {
  dtype: TensorInfo['dtype'] | 'float16';
}

/** A compute shader and how its bindings are used; `key` names the pipeline in the cache. */
export interface ComputeProgram {
  key: string;
  /** WGSL with one entry point `main`: storage buffers at 0, 1, … in order, then one uniform buffer. */
  code: string;
  access: readonly ('read' | 'write')[];
}

export interface Dispatch {
  program: ComputeProgram;
  /** One a binding, in order. Written tensors are whole new ones, or changed in place. */
  tensors: readonly GpuTensor[];
  /** The uniform buffer's contents, 4-byte words in order. Padded to 16 bytes. */
  uniforms: Uint32Array<ArrayBuffer>;
  workgroups: readonly [number, number, number];
  /** Floating-point operations, for keeping submits short; 0 for passes that are cheap. */
  flops: number;
}

export interface Recorder {
  readonly report: AdapterReport;
  /**
   * A new tensor, not yet written; whoever asks for it releases it.
   * @throws StudioError `exceeds-limits` if the adapter cannot bind that much.
   */
  allocate(shape: readonly number[], dtype?: StorageType): GpuTensor;
  /** Gives the memory back at once: dispatches run in the order of their recording, so later ones may have it. */
  release(tensor: GpuTensor): void;
  /** Records one dispatch. Does not wait. */
  dispatch(dispatch: Dispatch): void;
}
