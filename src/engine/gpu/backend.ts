/**
 * TensorFlow.js's WebGPU backend on our device, with a way to record compute programs of our own into its
 * command stream. The one file that names the backend's private fields; `backend.test.ts` guards them, and the
 * version (4.22.0) is pinned exactly.
 */
import '@tensorflow/tfjs-core/dist/register_all_gradients';
import {
  type DataType,
  engine,
  env,
  registerBackend,
  removeBackend,
  setBackend,
  type TensorInfo,
  util,
} from '@tensorflow/tfjs-core';
import { WebGPUBackend } from '@tensorflow/tfjs-backend-webgpu';
import { StudioError } from '../base/errors';
import type { Gpu } from './device';
import type { ComputeProgram, Dispatch, GpuTensor, Recorder, StorageType } from './recorder';
import type { AdapterReport } from './report';

/** What we use of the backend that its types call private. */
interface Internals {
  tensorMap: { get(dataId: object): { resource: GPUBuffer; values: unknown } };
  uploadToGPU(dataId: object): void;
  ensureCommandEncoderReady(): void;
  endComputePassEncoder(): void;
  /** Copies and submits at once, then waits. */
  getBufferData(buffer: GPUBuffer): Promise<ArrayBuffer>;
  submitQueue(): void;
  commandEncoder: GPUCommandEncoder | null;
  computePassEncoder: GPUComputePassEncoder | null;
  commandQueueOwnedIds: WeakSet<object>;
  dispatchCountInPass: number;
  bufferManager: {
    acquireBuffer(size: number, usage: GPUBufferUsageFlags): GPUBuffer;
    freeBuffers: Map<string, GPUBuffer[]>;
    numFreeBuffers: number;
    numBytesAllocated: number;
  };
}

/** Names that `backend.test.ts` checks to exist in the pinned version. */
export const USED_INTERNALS = [
  'tensorMap',
  'uploadToGPU',
  'ensureCommandEncoderReady',
  'endComputePassEncoder',
  'getBufferData',
  'submitQueue',
  'commandEncoder',
  'computePassEncoder',
  'commandQueueOwnedIds',
  'dispatchCountInPass',
  'bufferManager',
] as const satisfies readonly (keyof Internals)[];

/** A submit holds at most this much work: one that takes seconds trips watchdogs and freezes the desktop. */
const SUBMIT_FLOPS = { software: 1e9, hardware: 50e9 };
const SUBMIT_DISPATCHES = 64;
/** Optimiser steps bring new uniforms for ever, so the cache is emptied now and then. */
const MAX_UNIFORM_BUFFERS = 2048;

export class StudioBackend extends WebGPUBackend implements Recorder {
  private readonly pipelines = new Map<string, GPUComputePipeline>();
  private readonly uniformBuffers = new Map<string, GPUBuffer>();
  private flopsSinceSubmit = 0;
  /** Our own dispatches since the backend was made. */
  dispatchCount = 0;

  constructor(readonly gpu: Gpu) {
    super(gpu.device, gpu.report as unknown as GPUAdapterInfo);
  }

  private get internals(): Internals {
    return this as unknown as Internals;
  }

  get report(): AdapterReport {
    return this.gpu.report;
  }

  allocate(shape: readonly number[], dtype: StorageType = 'float32'): TensorInfo {
    const bytes = util.sizeFromShape([...shape]) * (dtype === 'float16' ? 2 : 4);
    const { maxBindingBytes, maxBufferBytes } = this.gpu.report;
    if (bytes > Math.min(maxBindingBytes, maxBufferBytes)) {
      throw new StudioError(
        'exceeds-limits',
        `A tensor of shape [${shape.join(', ')}] needs ${bytes} bytes; this GPU binds at most ${maxBindingBytes}.`,
        'Use a smaller batch or size.',
      );
    }
    const info = this.makeTensorInfo([...shape], dtype as DataType);
    const { bufferManager, tensorMap } = this.internals;
    // What TensorFlow.js's own tensors have.
    const usage = GPUBufferUsage.STORAGE | GPUBufferUsage.COPY_SRC | GPUBufferUsage.COPY_DST;
    tensorMap.get(info.dataId).resource = bufferManager.acquireBuffer(bytes, usage);
    return info;
  }

  release({ dataId }: GpuTensor): void {
    this.disposeData(dataId);
  }

  /** Submits when enough work has gathered. */
  dispatch({ program, tensors, uniforms, workgroups, flops }: Dispatch): void {
    const self = this.internals;
    const pipeline = this.pipelineOf(program);
    const uniformBuffer = this.uniformBuffer(uniforms);
    const entries = tensors.map(({ dataId }, binding) => {
      self.uploadToGPU(dataId);
      self.commandQueueOwnedIds.add(dataId);
      const data = self.tensorMap.get(dataId);
      // A copy that was read home before is stale from here on.
      if (program.access[binding] === 'write') data.values = null;
      return { binding, resource: { buffer: data.resource } };
    });
    entries.push({ binding: entries.length, resource: { buffer: uniformBuffer } });
    const bindGroup = this.device.createBindGroup({ layout: pipeline.getBindGroupLayout(0), entries });

    self.ensureCommandEncoderReady();
    self.computePassEncoder ??= self.commandEncoder!.beginComputePass();
    self.computePassEncoder.setPipeline(pipeline);
    self.computePassEncoder.setBindGroup(0, bindGroup);
    self.computePassEncoder.dispatchWorkgroups(...workgroups);
    self.dispatchCountInPass++;
    this.dispatchCount++;

    this.flopsSinceSubmit += flops;
    const limit = this.gpu.report.software ? SUBMIT_FLOPS.software : SUBMIT_FLOPS.hardware;
    if (this.flopsSinceSubmit >= limit || self.dispatchCountInPass >= SUBMIT_DISPATCHES) this.flush();
  }

  /** Submits what has been recorded. Does not wait. */
  flush(): void {
    const self = this.internals;
    this.flopsSinceSubmit = 0;
    if (!self.commandEncoder) return;
    self.endComputePassEncoder();
    self.submitQueue();
  }

  /** A tensor over packed 32-bit words, uploaded without conversion. The caller's scope owns it. */
  upload(words: Uint32Array<ArrayBuffer> | Int32Array<ArrayBuffer>): TensorInfo {
    const info = this.allocate([words.length], 'int32');
    this.device.queue.writeBuffer(this.internals.tensorMap.get(info.dataId).resource, 0, words);
    return info;
  }

  /**
   * A tensor of `length` 32-bit words, of which `parts` are written, each from word `at` on; the rest is unspecified.
   * Parts are multiples of 4 bytes. The caller's scope owns it.
   */
  uploadParts(length: number, parts: readonly { at: number; bytes: Uint8ClampedArray<ArrayBuffer> }[]): TensorInfo {
    const info = this.allocate([length], 'int32');
    const buffer = this.internals.tensorMap.get(info.dataId).resource;
    for (const { at, bytes } of parts) this.device.queue.writeBuffer(buffer, at * 4, bytes);
    return info;
  }

  /** A tensor's values, without the copy that the stock backend would keep for ever. Waits for the GPU. */
  async download(tensor: TensorInfo): Promise<Float32Array<ArrayBuffer>> {
    const self = this.internals;
    self.uploadToGPU(tensor.dataId);
    return new Float32Array(await self.getBufferData(self.tensorMap.get(tensor.dataId).resource));
  }

  /**
   * Destroys the buffers that no tensor uses. Stock TensorFlow.js keeps every odd size for ever, so this is
   * called when the resolution changes.
   */
  releasePool(): void {
    this.flush();
    const { bufferManager } = this.internals;
    for (const buffers of bufferManager.freeBuffers.values()) {
      for (const buffer of buffers) {
        bufferManager.numBytesAllocated -= buffer.size;
        bufferManager.numFreeBuffers--;
        buffer.destroy();
      }
      buffers.length = 0;
    }
    this.releaseUniforms();
  }

  private releaseUniforms(): void {
    for (const buffer of this.uniformBuffers.values()) buffer.destroy();
    this.uniformBuffers.clear();
  }

  /** Bytes in GPU buffers, pooled ones included. */
  allocatedBytes(): number {
    return this.internals.bufferManager.numBytesAllocated;
  }

  private pipelineOf({ key, code, access }: ComputeProgram): GPUComputePipeline {
    const known = this.pipelines.get(key);
    if (known) return known;
    const { device } = this;
    const entries: GPUBindGroupLayoutEntry[] = access.map((use, binding) => ({
      binding,
      visibility: GPUShaderStage.COMPUTE,
      buffer: { type: use === 'read' ? 'read-only-storage' : 'storage' },
    }));
    entries.push({ binding: entries.length, visibility: GPUShaderStage.COMPUTE, buffer: { type: 'uniform' } });
    const pipeline = device.createComputePipeline({
      label: key,
      layout: device.createPipelineLayout({ bindGroupLayouts: [device.createBindGroupLayout({ entries })] }),
      compute: { module: device.createShaderModule({ label: key, code }), entryPoint: 'main' },
    });
    this.pipelines.set(key, pipeline);
    return pipeline;
  }

  /** Dimensions repeat from step to step, so uniform buffers are kept by content. */
  private uniformBuffer(words: Uint32Array<ArrayBuffer>): GPUBuffer {
    const key = words.join();
    const known = this.uniformBuffers.get(key);
    if (known) return known;
    if (this.uniformBuffers.size >= MAX_UNIFORM_BUFFERS) {
      this.flush();
      this.releaseUniforms();
    }
    const size = Math.max(16, Math.ceil(words.length / 4) * 16);
    const buffer = this.device.createBuffer({ size, usage: GPUBufferUsage.UNIFORM | GPUBufferUsage.COPY_DST });
    this.device.queue.writeBuffer(buffer, 0, words);
    this.uniformBuffers.set(key, buffer);
    return buffer;
  }
}

const BACKEND_NAME = 'webgpu';

/** Makes TensorFlow.js run on our device; replaces any backend made before. */
export async function installBackend(gpu: Gpu): Promise<StudioBackend> {
  if (engine().registryFactory[BACKEND_NAME]) removeBackend(BACKEND_NAME);
  const backend = new StudioBackend(gpu);
  registerBackend(BACKEND_NAME, () => backend);
  await setBackend(BACKEND_NAME);
  // Small tensors must not wander to the CPU backend: their values would then be read synchronously.
  env().set('WEBGPU_CPU_FORWARD', false);
  return backend;
}

/** The installed backend. */
export function studioBackend(): StudioBackend {
  return engine().backend as StudioBackend;
}
