/**
 * What a kernel needs of a GPU: memory, and somewhere to record its dispatches. The studio's backend records them on a
 * device; the planner counts them and has no device at all, so a plan is the very code that will run.
 */
import type { TensorInfo } from '@tensorflow/tfjs-core';
import { StudioError } from '../base/errors';
import type { AdapterReport } from './report';

/** How a tensor's elements lie in GPU memory. Lengths of `float16` tensors are even. */
export type StorageType = 'float32' | 'int32' | 'float16';

/** A tensor on the GPU: TensorFlow.js's handle, and half precision, which TensorFlow.js has no name for. */
export interface GpuTensor extends Omit<TensorInfo, 'dtype'> {
  dtype: TensorInfo['dtype'] | 'float16';
  /** Bytes from the start of the buffer that the handle stands for, where it is a part of it; in 256s. */
  offset?: number;
}

/** Bytes of a tensor's elements. */
export function bytesOf({ shape, dtype }: Pick<GpuTensor, 'shape' | 'dtype'>): number {
  return shape.reduce((product, length) => product * length, 1) * (dtype === 'float16' ? 2 : 4);
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

/** What one binding holds at most: of a buffer, and of those buffers that there can be. */
export const bindableBytes = ({ maxBindingBytes, maxBufferBytes }: AdapterReport): number =>
  Math.min(maxBindingBytes, maxBufferBytes);

/**
 * @param name The tensor's, where it has one.
 * @throws StudioError `exceeds-limits` if the adapter cannot bind a tensor of `bytes`.
 */
export function assertBindable(
  report: AdapterReport,
  shape: readonly number[],
  bytes: number,
  name = 'A tensor',
): void {
  const limit = bindableBytes(report);
  if (bytes <= limit) return;
  throw new StudioError(
    'exceeds-limits',
    `${name} of shape [${shape.join(', ')}] takes ${inMiB(bytes)}; this GPU binds at most ${inMiB(limit)} at once`,
    'Use a smaller batch or size.',
  );
}

/** "128 MiB": rounded up, so that what is too much never reads as if it were not. */
export const inMiB = (bytes: number) => `${Math.ceil(bytes / 2 ** 20).toLocaleString('en')} MiB`;

/** Names of the variants that proved quickest on the adapter, by operation and shape. */
export type TunedChoices = ReadonlyMap<string, string>;

/** What a recording depends on besides its calls. */
export interface Platform {
  readonly report: AdapterReport;
  /** None: the adapter's defaults. */
  readonly choices?: TunedChoices | undefined;
}

export interface Recorder extends Platform {
  /**
   * A new tensor, not yet written; whoever asks for it releases it. What the dispatch that writes it reads should be
   * `notSharedWith`: a buffer that is both read and written must be declared writable, which GPUs read more slowly.
   * @throws StudioError `exceeds-limits` if the adapter cannot bind that much.
   */
  allocate(shape: readonly number[], dtype?: StorageType, notSharedWith?: readonly GpuTensor[]): GpuTensor;
  /** Gives the memory back at once: dispatches run in the order of their recording, so later ones may have it. */
  release(tensor: GpuTensor): void;
  /** Fills a tensor with zeros, in the order of the dispatches. */
  clear(tensor: GpuTensor): void;
  /** Records one dispatch. Does not wait. */
  dispatch(dispatch: Dispatch): void;
}

/** Records on another recorder and remembers what is still allocated, so that an error leaves nothing behind. */
export class Scope implements Recorder {
  private readonly live = new Set<object>();

  constructor(private readonly inner: Recorder) {}

  get report(): AdapterReport {
    return this.inner.report;
  }

  get choices(): TunedChoices | undefined {
    return this.inner.choices;
  }

  allocate(shape: readonly number[], dtype?: StorageType, notSharedWith?: readonly GpuTensor[]): GpuTensor {
    const tensor = this.inner.allocate(shape, dtype, notSharedWith);
    this.live.add(tensor.dataId);
    return tensor;
  }

  release(tensor: GpuTensor): void {
    this.live.delete(tensor.dataId);
    this.inner.release(tensor);
  }

  clear(tensor: GpuTensor): void {
    this.inner.clear(tensor);
  }

  dispatch(dispatch: Dispatch): void {
    this.inner.dispatch(dispatch);
  }

  /** Leaves a tensor to the caller. */
  detach(tensor: GpuTensor): GpuTensor {
    this.live.delete(tensor.dataId);
    return tensor;
  }

  /** Releases everything that has not been. */
  releaseAll(): void {
    for (const dataId of this.live) this.inner.release({ dataId, shape: [], dtype: 'float32' });
    this.live.clear();
  }
}
