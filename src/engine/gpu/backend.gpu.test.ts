import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { add, memory, tensor1d, tidy } from '@tensorflow/tfjs-core';
import '@tensorflow/tfjs-backend-webgpu/dist/register_all_kernels';
import { beforeAll, expect, test } from 'vitest';
import { releaseAll, uploaded } from '../../testing/gpuTensors';
import { nodeBackend } from '../../hosts/node/gpu';
import { toErrorData } from '../base/errors';
import type { StudioBackend } from './backend';
import type { ComputeProgram, GpuTensor } from './recorder';
import { type Gpu, openGpu } from './device';

let backend: StudioBackend;
beforeAll(async () => {
  backend = await nodeBackend();
});

const DOUBLE: ComputeProgram = {
  key: 'test/double',
  code: `
    @group(0) @binding(0) var<storage, read_write> values: array<f32>;
    @group(0) @binding(1) var<uniform> count: u32;
    @compute @workgroup_size(64)
    fn main(@builtin(global_invocation_id) id: vec3<u32>) {
      if (id.x < count) { values[id.x] = 2.0 * values[id.x]; }
    }`,
  access: ['write'],
};

function double(on: StudioBackend, tensor: GpuTensor, program = DOUBLE): void {
  const [count = 0] = tensor.shape;
  const workgroups = [Math.ceil(count / 64), 1, 1] as const;
  on.dispatch({ program, tensors: [tensor], uniforms: Uint32Array.of(count), workgroups, flops: 0 });
}

/** What is thrown, as data. */
function failure(action: () => void) {
  try {
    action();
  } catch (error) {
    return toErrorData(error);
  }
  return null;
}

/** A backend on a device of its own, to be broken. It is not TensorFlow.js's. */
async function separateBackend(): Promise<{ gpu: Gpu; other: StudioBackend }> {
  const { StudioBackend } = await import('./backend');
  const gpu = await openGpu(navigator.gpu);
  return { gpu, other: new StudioBackend(gpu) };
}

test('TensorFlow.js is the version whose private fields we name', () => {
  const file = createRequire(import.meta.url).resolve('@tensorflow/tfjs-backend-webgpu/package.json');
  expect((JSON.parse(readFileSync(file, 'utf8')) as { version: string }).version).toBe('4.22.0');
});

test('every private name that we use exists', async () => {
  const { USED_INTERNALS } = await import('./backend');
  const internals = backend as unknown as Record<string, unknown>;
  for (const name of USED_INTERNALS) expect(name in internals, name).toBe(true);
  expect(internals['bufferManager']).toMatchObject({ numBytesAllocated: expect.any(Number) as number });
});

test('a tensor that a program changed is read anew', async () => {
  const before = memory().numTensors;
  const tensor = tensor1d([1, 2, 3]);
  // The stock way of reading keeps a copy on the CPU.
  expect([...(await tensor.data())]).toEqual([1, 2, 3]);
  double(backend, tensor);
  expect([...(await tensor.data())]).toEqual([2, 4, 6]);
  double(backend, tensor);
  expect([...(await backend.download(tensor))]).toEqual([4, 8, 12]);
  double(backend, tensor);
  const sum = tidy(() => add(tensor, 1));
  expect([...(await sum.data())]).toEqual([9, 17, 25]);
  tensor.dispose();
  sum.dispose();
  expect(memory().numTensors).toBe(before);
});

test('a tensor may go as soon as its download has begun', async () => {
  const tensors = [3, 4, 5].map((value) => uploaded(backend, new Float32Array(1000).fill(value), [1000]));
  const downloads = tensors.map((tensor) => backend.download(tensor));
  releaseAll(backend, tensors);
  backend.releasePool();
  const others = [6, 7, 8].map((value) => uploaded(backend, new Float32Array(1000).fill(value), [1000]));
  for (const tensor of others) double(backend, tensor);
  backend.flush();
  const read = await Promise.all(downloads);
  expect(read.map((values) => [values.length, values[0], values[999]])).toEqual([
    [1000, 3, 3],
    [1000, 4, 4],
    [1000, 5, 5],
  ]);
  releaseAll(backend, others);
  backend.gpu.throwIfFailed();
});

test('words are uploaded as they are', async () => {
  const words = Uint32Array.of(0xffffffff, 0x3f800000, 7);
  const info = backend.upload(words);
  expect([...new Uint32Array((await backend.download(info)).buffer)]).toEqual([...words]);
  backend.release(info);
});

test('releasing the pool gives back the memory of released tensors, and of no other', async () => {
  const { gpu, other } = await separateBackend();
  const kept = uploaded(other, [1, 2, 3], [3]);
  const start = other.allocatedBytes();
  const gone = [1, 2, 3].map((i) => other.allocate([(1 << 23) + i]));
  expect(other.allocatedBytes() - start).toBeGreaterThan(96 << 20);
  releaseAll(other, gone);
  expect(other.allocatedBytes() - start).toBeGreaterThan(96 << 20);
  other.releasePool();
  expect(other.allocatedBytes()).toBe(start);
  double(other, kept);
  expect([...(await other.download(kept))]).toEqual([2, 4, 6]);
  other.release(kept);
  expect(() => other.release(kept)).toThrow('twice');
  other.releasePool();
  expect(other.allocatedBytes()).toBe(0);
  gpu.throwIfFailed();
  gpu.device.destroy();
});

const ADD: ComputeProgram = {
  key: 'test/add',
  code: `
    @group(0) @binding(0) var<storage, read> a: array<f32>;
    @group(0) @binding(1) var<storage, read_write> sum: array<f32>;
    @group(0) @binding(2) var<storage, read> b: array<f32>;
    @group(0) @binding(3) var<uniform> count: u32;
    @compute @workgroup_size(64)
    fn main(@builtin(global_invocation_id) id: vec3<u32>) {
      if (id.x < count) { sum[id.x] = a[id.x] + b[id.x]; }
    }`,
  access: ['read', 'write', 'read'],
};

test('tensors that are read and written may lie in one buffer, parts of tensors included', async () => {
  const whole = uploaded(
    backend,
    Array.from({ length: 256 }, (_, i) => i),
    [256],
  );
  const part = (index: number) => ({ ...whole, shape: [64], offset: index * 256 });
  const apart = uploaded(
    backend,
    Array.from({ length: 64 }, () => 0.5),
    [64],
  );
  const uniforms = Uint32Array.of(64);
  backend.dispatch({ program: ADD, tensors: [part(0), part(2), part(1)], uniforms, workgroups: [1, 1, 1], flops: 0 });
  backend.dispatch({ program: ADD, tensors: [apart, part(3), part(2)], uniforms, workgroups: [1, 1, 1], flops: 0 });
  backend.clear(part(0));
  const values = await backend.download(whole);
  expect([values[0], values[63], values[64]]).toEqual([0, 0, 64]);
  expect([values[128], values[191]]).toEqual([64, 63 + 127]);
  expect([values[192], values[255]]).toEqual([64.5, 190.5]);
  expect([...(await backend.download(part(3)))].at(-1)).toBe(190.5);
  releaseAll(backend, [whole, apart]);
  backend.gpu.throwIfFailed();
});

const PUT: ComputeProgram = {
  key: 'test/put',
  code: `
    struct Params { at: u32, value: f32, rest: array<vec4<u32>, 16> }
    @group(0) @binding(0) var<storage, read_write> values: array<f32>;
    @group(0) @binding(1) var<uniform> p: Params;
    @compute @workgroup_size(1)
    fn main() { values[p.at] = p.value + f32(p.rest[15].w); }`,
  access: ['write'],
};

test('every dispatch sees uniforms of its own, however many wait and whoever submits them', async () => {
  const count = 500;
  const tensor = uploaded(backend, new Float32Array(count), [count]);
  const others: Promise<ArrayLike<number>>[] = [];
  for (let at = 0; at < count; at++) {
    const uniforms = new Uint32Array(68);
    uniforms.set([at, ...new Uint32Array(Float32Array.of(at / 4).buffer)]);
    uniforms[67] = at % 3;
    backend.dispatch({ program: PUT, tensors: [tensor], uniforms, workgroups: [1, 1, 1], flops: 0 });
    // TensorFlow.js records into the same stream, and submits it.
    if (at % 7 === 0) {
      const sum = tidy(() => add(tensor1d([at]), 1));
      others.push(sum.data());
      sum.dispose();
    }
  }
  const expected = Float32Array.from({ length: count }, (_, at) => at / 4 + (at % 3));
  expect(await backend.download(tensor)).toEqual(expected);
  expect((await Promise.all(others)).map((values) => values[0])).toEqual(others.map((_, i) => 7 * i + 1));
  backend.release(tensor);
  backend.gpu.throwIfFailed();
});

test('a tensor over the limits is refused by name, before it is made', () => {
  const before = backend.allocatedBytes();
  const { maxBindingBytes, maxBufferBytes } = backend.gpu.report;
  const count = Math.min(maxBindingBytes, maxBufferBytes) / 4 + 1;
  const error = failure(() => backend.allocate([count]));
  expect(error).toMatchObject({ code: 'exceeds-limits' });
  const [needed, most] = [count * 4, count * 4 - 4].map((bytes) => Math.ceil(bytes / 2 ** 20).toLocaleString('en-US'));
  expect(error?.message).toContain(`${needed} MiB`);
  expect(error?.message).toContain(`${most} MiB`);
  expect(backend.allocatedBytes()).toBe(before);
});

test('a shader that does not compile stops the run', async () => {
  const { gpu, other } = await separateBackend();
  const told: string[] = [];
  gpu.onFailure((error) => told.push(error.code));
  expect(failure(() => gpu.throwIfFailed())).toBeNull();
  double(other, other.allocate([64]), { ...DOUBLE, code: DOUBLE.code.replace('2.0', 'nonsense') });
  other.flush();
  const thrown = new Error('The loss became NaN');
  expect(toErrorData(await gpu.rootCause(thrown)).code).toBe('gpu-error');
  expect(await backend.gpu.rootCause(thrown)).toBe(thrown);
  const error = failure(() => gpu.throwIfFailed());
  expect(error).toMatchObject({ code: 'gpu-error' });
  expect(error?.message).toContain('nonsense');
  expect(told).toEqual(['gpu-error']);
  gpu.device.destroy();
  backend.gpu.throwIfFailed();
});

test('a lost device stops the run', async () => {
  const { gpu, other } = await separateBackend();
  const waiting = other.download(other.allocate([64])).catch((error: unknown) => gpu.rootCause(error));
  gpu.device.destroy();
  expect(toErrorData(await waiting).code).toBe('device-lost');
  expect(failure(() => gpu.throwIfFailed())).toMatchObject({ code: 'device-lost' });
});

test('a host without WebGPU or without an adapter is told so', async () => {
  await expect(openGpu(undefined)).rejects.toMatchObject({ code: 'no-webgpu' });
  const empty = { requestAdapter: () => Promise.resolve(null) } as unknown as GPU;
  await expect(openGpu(empty)).rejects.toMatchObject({ code: 'no-adapter' });
});
