/**
 * TensorFlow.js's WebGPU backend on our device, with a way to record compute programs of our own into its
 * command stream. The one file that names the backend's private fields; `backend.test.ts` guards them, and the
 * version (4.22.0) is pinned exactly.
 */
import { engine, env, registerBackend, removeBackend, setBackend, type TensorInfo } from '@tensorflow/tfjs-core';
// The backend alone: TensorFlow.js's own kernels and gradients, which we do not run, are half a megabyte.
import { WebGPUBackend } from '@tensorflow/tfjs-backend-webgpu/dist/backend_webgpu';
import type { Gpu } from './device';
import {
  assertBindable,
  bytesOf,
  type ComputeProgram,
  type Dispatch,
  type GpuTensor,
  type Recorder,
  type StorageType,
  type TunedChoices,
} from './recorder';
import type { AdapterReport } from './report';
import { type Allocation, Slabs, slabsOf } from './slabs';
import { uniformBytes, Uniforms } from './uniforms';

/** What we use of the backend that its types call private. */
interface Internals {
  tensorMap: { get(dataId: object): { resource: GPUBuffer; values: unknown } };
  uploadToGPU(dataId: object): void;
  ensureCommandEncoderReady(): void;
  endComputePassEncoder(): void;
  submitQueue(): void;
  commandEncoder: GPUCommandEncoder | null;
  computePassEncoder: GPUComputePassEncoder | null;
  dispatchCountInPass: number;
  bufferManager: { numBytesAllocated: number };
}

/** Names that `backend.test.ts` checks to exist in the pinned version. */
export const USED_INTERNALS = [
  'tensorMap',
  'uploadToGPU',
  'ensureCommandEncoderReady',
  'endComputePassEncoder',
  'submitQueue',
  'commandEncoder',
  'computePassEncoder',
  'dispatchCountInPass',
  'bufferManager',
] as const satisfies readonly (keyof Internals)[];

/** A submit holds at most this much work: one that takes seconds trips watchdogs and freezes the desktop. */
const SUBMIT_FLOPS = { software: 1e9, hardware: 50e9 };
const SUBMIT_DISPATCHES = 64;
/** A submit's uniforms; should they be so many that they fill it, it is submitted before. */
const UNIFORM_SLOTS = 2 * SUBMIT_DISPATCHES;

export class StudioBackend extends WebGPUBackend implements Recorder {
  private readonly pipelines = new Map<string, GPUComputePipeline>();
  /** Pipelines that are being compiled, by name. */
  private readonly compiling = new Map<string, Promise<void>>();
  private readonly uniforms: Uniforms;
  private flopsSinceSubmit = 0;
  /** Set by whoever has tuned, or remembers. */
  choices: TunedChoices | undefined;
  /** Of the work that a submit holds: less of it, where a driver has given up before. */
  submitShare = 1;
  /** Our own dispatches since the backend was made. */
  dispatchCount = 0;

  private readonly slabs: Slabs<GPUBuffer>;
  /** Of the tensors that are ours; others are TensorFlow.js's own. */
  private readonly allocations = new WeakMap<object, Allocation<GPUBuffer>>();

  constructor(readonly gpu: Gpu) {
    super(gpu.device, gpu.report as unknown as GPUAdapterInfo);
    const { device, report } = gpu;
    const usage = GPUBufferUsage.STORAGE | GPUBufferUsage.COPY_SRC | GPUBufferUsage.COPY_DST;
    this.slabs = new Slabs(
      (size) => device.createBuffer({ size, usage }),
      (buffer) => buffer.destroy(),
      report.maxBufferBytes,
    );
    this.uniforms = new Uniforms(device.queue, (size, use) => device.createBuffer({ size, usage: use }), UNIFORM_SLOTS);
    // TensorFlow.js submits of its own accord, too.
    const submitQueue = this.internals.submitQueue.bind(this);
    this.internals.submitQueue = () => {
      this.uniforms.write();
      submitQueue();
    };
  }

  private get internals(): Internals {
    return this as unknown as Internals;
  }

  get report(): AdapterReport {
    return this.gpu.report;
  }

  allocate(
    shape: readonly number[],
    dtype: StorageType = 'float32',
    notSharedWith: readonly GpuTensor[] = [],
  ): GpuTensor {
    const bytes = bytesOf({ shape: [...shape], dtype });
    assertBindable(this.report, shape, bytes);
    const tensor: GpuTensor = { dataId: {}, shape: [...shape], dtype };
    this.allocations.set(tensor.dataId, this.slabs.allocate(bytes, slabsOf(this.allocations, notSharedWith)));
    return tensor;
  }

  release({ dataId }: GpuTensor): void {
    const allocation = this.allocations.get(dataId);
    if (!allocation) throw new Error('A tensor was released twice, or is not of this backend');
    this.slabs.release(allocation);
    this.allocations.delete(dataId);
  }

  clear(tensor: GpuTensor): void {
    const { buffer, offset, size } = this.binding(tensor);
    this.encoder().clearBuffer(buffer, offset, size);
  }

  /** Submits when enough work has gathered. */
  dispatch({ program, tensors, uniforms, workgroups, flops }: Dispatch): void {
    const self = this.internals;
    const resources = tensors.map((tensor) => this.binding(tensor));
    const pipeline = this.pipelineOf(program, this.sharedReads(program, resources));
    if (!this.uniforms.hasRoomFor(uniforms.length)) this.flush();
    const uniformBinding = { buffer: this.uniforms.buffer, size: uniformBytes(uniforms) };
    const entries = [...resources, uniformBinding].map((resource, binding) => ({ binding, resource }));
    const bindGroup = this.device.createBindGroup({ layout: pipeline.getBindGroupLayout(0), entries });

    self.ensureCommandEncoderReady();
    self.computePassEncoder ??= self.commandEncoder!.beginComputePass();
    self.computePassEncoder.setPipeline(pipeline);
    self.computePassEncoder.setBindGroup(0, bindGroup, [this.uniforms.add(uniforms)]);
    self.computePassEncoder.dispatchWorkgroups(...workgroups);
    self.dispatchCountInPass++;
    this.dispatchCount++;

    this.flopsSinceSubmit += flops;
    const limit = this.report.software ? SUBMIT_FLOPS.software : SUBMIT_FLOPS.hardware;
    if (this.flopsSinceSubmit >= limit * this.submitShare || self.dispatchCountInPass >= SUBMIT_DISPATCHES)
      this.flush();
  }

  /** Submits what has been recorded. Does not wait. */
  flush(): void {
    const self = this.internals;
    this.flopsSinceSubmit = 0;
    if (!self.commandEncoder) return;
    self.endComputePassEncoder();
    self.submitQueue();
  }

  /** Writes packed words into a tensor, or a part of one. What has been recorded before sees the old contents. */
  writeWords(
    tensor: GpuTensor,
    words: Uint32Array<ArrayBuffer> | Int32Array<ArrayBuffer> | Float32Array<ArrayBuffer>,
  ): void {
    this.flush();
    const { buffer, offset } = this.binding(tensor);
    this.device.queue.writeBuffer(buffer, offset, words);
  }

  /**
   * A tensor of `length` 32-bit words, of which `parts` are written, each from word `at` on; the rest is unspecified.
   * Parts are multiples of 4 bytes. The caller releases it.
   */
  uploadParts(length: number, parts: readonly { at: number; bytes: Uint8ClampedArray<ArrayBuffer> }[]): GpuTensor {
    const tensor = this.allocate([length], 'int32');
    // The memory may still be read by what was recorded before.
    this.flush();
    const { buffer, offset } = this.binding(tensor);
    for (const { at, bytes } of parts) this.device.queue.writeBuffer(buffer, offset + at * 4, bytes);
    return tensor;
  }

  /** A tensor over packed 32-bit words, uploaded without conversion. The caller releases it. */
  upload(words: Uint32Array<ArrayBuffer> | Int32Array<ArrayBuffer>): GpuTensor {
    const tensor = this.allocate([words.length], 'int32');
    this.writeWords(tensor, words);
    return tensor;
  }

  /** A tensor's values. Waits for the GPU; the tensor may be released as soon as this has been called. */
  async download(tensor: GpuTensor): Promise<Float32Array<ArrayBuffer>> {
    return new Float32Array(await this.downloadBytes(tensor));
  }

  /** TensorFlow.js's way to read a tensor, without the copy that the stock backend keeps and does not renew. */
  override async read(dataId: object): Promise<Float32Array | Int32Array> {
    const { values, dtype, shape } = this.internals.tensorMap.get(dataId) as unknown as TensorInfo & {
      values: Float32Array | Int32Array | null;
    };
    if (values) return values;
    const bytes = await this.downloadBytes({ dataId, dtype, shape });
    return dtype === 'int32' || dtype === 'bool' ? new Int32Array(bytes) : new Float32Array(bytes);
  }

  private async downloadBytes(tensor: GpuTensor): Promise<ArrayBuffer> {
    const { buffer, offset, size } = this.binding(tensor);
    const usage = GPUBufferUsage.COPY_DST | GPUBufferUsage.MAP_READ;
    const staging = this.device.createBuffer({ size, usage });
    this.encoder().copyBufferToBuffer(buffer, offset, staging, 0, size);
    this.flush();
    try {
      await staging.mapAsync(GPUMapMode.READ);
      return staging.getMappedRange().slice(0);
    } finally {
      staging.destroy();
    }
  }

  /** The command encoder, outside of a compute pass. */
  private encoder(): GPUCommandEncoder {
    const self = this.internals;
    self.ensureCommandEncoderReady();
    self.endComputePassEncoder();
    return self.commandEncoder!;
  }

  private binding(tensor: GpuTensor): Required<GPUBufferBinding> {
    const size = bytesOf(tensor);
    const allocation = this.allocations.get(tensor.dataId);
    if (allocation) {
      return { buffer: allocation.slab.buffer, offset: allocation.start + (tensor.offset ?? 0), size };
    }
    const self = this.internals;
    self.uploadToGPU(tensor.dataId);
    return { buffer: self.tensorMap.get(tensor.dataId).resource, offset: 0, size };
  }

  /** Runs what only allocates; false if the device had no memory for it. Waits for the GPU. */
  async succeedsWithinMemory(allocate: () => void): Promise<boolean> {
    this.device.pushErrorScope('out-of-memory');
    try {
      allocate();
    } finally {
      this.flush();
    }
    return (await this.device.popErrorScope()) === null;
  }

  /** Destroys the memory that no tensor uses: called when the resolution changes. */
  releasePool(): void {
    this.flush();
    this.slabs.trim();
  }

  /** Bytes in GPU buffers, free parts of slabs included. */
  allocatedBytes(): number {
    return this.slabs.allocatedBytes + this.internals.bufferManager.numBytesAllocated;
  }

  /** Bytes of our tensors. */
  usedBytes(): number {
    return this.slabs.usedBytes;
  }

  /**
   * Begins to compile the program of a dispatch that is to come, beside others and without holding up the browser, which
   * draws the page where it compiles what is asked for at once.
   */
  compile({ program, tensors }: Dispatch): void {
    const resources = tensors.map((tensor) => this.binding(tensor));
    const shared = this.sharedReads(program, resources);
    const name = pipelineName(program, shared);
    if (this.pipelines.has(name) || this.compiling.has(name)) return;
    const compiling = this.device.createComputePipelineAsync(this.describe(program, shared)).then(
      (pipeline) => void this.pipelines.set(name, pipeline),
      // The dispatch itself will compile it again, and say what is wrong.
      () => undefined,
    );
    this.compiling.set(name, compiling);
  }

  /** Resolves once all that was begun is compiled. */
  async compiled(): Promise<void> {
    await Promise.all(this.compiling.values());
    this.compiling.clear();
  }

  /** @param shared Bindings that are only read but lie in a buffer that is also written. */
  private pipelineOf(program: ComputeProgram, shared: readonly number[]): GPUComputePipeline {
    const name = pipelineName(program, shared);
    const known = this.pipelines.get(name);
    if (known) return known;
    const pipeline = this.device.createComputePipeline(this.describe(program, shared));
    this.pipelines.set(name, pipeline);
    return pipeline;
  }

  /**
   * WebGPU lets a dispatch read and write parts of one buffer only if all of them are declared writable: the bindings for
   * which that must be done, though the program only reads them. Software adapters compile for seconds and read what is
   * writable as fast, so there it is always done, and no program has two pipelines.
   */
  private sharedReads({ access }: ComputeProgram, resources: readonly GPUBufferBinding[]): number[] {
    const written = new Set(resources.filter((_, i) => access[i] === 'write').map(({ buffer }) => buffer));
    const reads = access.flatMap((use, i) => (use === 'read' ? [i] : []));
    // All of them or none, so that a program has two pipelines at most.
    const anyShared = this.report.software || reads.some((i) => written.has(resources[i]!.buffer));
    return anyShared ? reads : [];
  }

  private describe(program: ComputeProgram, shared: readonly number[]): GPUComputePipelineDescriptor {
    const { code, access } = program;
    const name = pipelineName(program, shared);
    const { device } = this;
    const entries: GPUBindGroupLayoutEntry[] = access.map((use, binding) => ({
      binding,
      visibility: GPUShaderStage.COMPUTE,
      buffer: { type: use === 'read' && !shared.includes(binding) ? 'read-only-storage' : 'storage' },
    }));
    const uniform = { type: 'uniform', hasDynamicOffset: true } as const;
    entries.push({ binding: entries.length, visibility: GPUShaderStage.COMPUTE, buffer: uniform });
    return {
      label: name,
      layout: device.createPipelineLayout({ bindGroupLayouts: [device.createBindGroupLayout({ entries })] }),
      compute: {
        module: device.createShaderModule({ label: name, code: withWritable(code, shared) }),
        entryPoint: 'main',
      },
    };
  }
}

const pipelineName = ({ key }: ComputeProgram, shared: readonly number[]): string =>
  shared.length > 0 ? `${key}/shared` : key;

function withWritable(code: string, bindings: readonly number[]): string {
  return bindings.reduce((source, binding) => {
    const declaration = `@binding(${binding}) var<storage, read>`;
    if (!source.includes(declaration)) throw new Error(`No ${declaration} to make writable`);
    return source.replace(declaration, `@binding(${binding}) var<storage, read_write>`);
  }, code);
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
