/**
 * A recorder without a GPU: it allocates from slabs that are only counted, and dispatches nothing. What the engine
 * records on it tells the memory and the work that the same calls will take on a device, to the byte.
 */
import {
  assertBindable,
  bytesOf,
  type Dispatch,
  type GpuTensor,
  type Platform,
  type Recorder,
  type StorageType,
  type TunedChoices,
} from './recorder';
import type { AdapterReport } from './report';
import { type Allocation, Slabs, slabsOf } from './slabs';

export class DryRun implements Recorder {
  readonly report: AdapterReport;
  readonly choices: TunedChoices | undefined;
  private readonly slabs: Slabs<null>;
  private readonly allocations = new WeakMap<object, Allocation<null>>();
  dispatchCount = 0;
  flops = 0;
  largestTensorBytes = 0;
  /** Of the longest dispatch. */
  largestFlops = 0;

  constructor(platform: Platform) {
    this.report = platform.report;
    this.choices = platform.choices;
    this.slabs = new Slabs(
      () => null,
      () => {},
      platform.report.maxBufferBytes,
    );
  }

  /** The most that was allocated at any time, free parts of slabs included. */
  get peakBytes(): number {
    return this.slabs.peakBytes;
  }

  allocate(
    shape: readonly number[],
    dtype: StorageType = 'float32',
    notSharedWith: readonly GpuTensor[] = [],
  ): GpuTensor {
    const tensor: GpuTensor = { dataId: {}, shape: [...shape], dtype };
    const bytes = bytesOf(tensor);
    assertBindable(this.report, shape, bytes);
    this.largestTensorBytes = Math.max(this.largestTensorBytes, bytes);
    this.allocations.set(tensor.dataId, this.slabs.allocate(bytes, slabsOf(this.allocations, notSharedWith)));
    return tensor;
  }

  release({ dataId }: GpuTensor): void {
    this.slabs.release(this.allocations.get(dataId)!);
    this.allocations.delete(dataId);
  }

  clear(): void {}

  dispatch({ flops }: Dispatch): void {
    this.dispatchCount++;
    this.flops += flops;
    this.largestFlops = Math.max(this.largestFlops, flops);
  }
}
