/** Tensors for kernel tests: up, down, and none left behind. */
import { expect } from 'vitest';
import type { StudioBackend } from '../engine/gpu/backend';
import type { GpuTensor } from '../engine/gpu/recorder';

/** A float32 tensor with the values. The caller releases it. */
export function uploaded(backend: StudioBackend, values: ArrayLike<number>, shape: readonly number[]): GpuTensor {
  const tensor = backend.allocate(shape);
  backend.writeWords(tensor, Float32Array.from(values));
  return tensor;
}

/** The tensor's values; releases it. */
export async function drained(backend: StudioBackend, tensor: GpuTensor): Promise<Float32Array> {
  const values = backend.download(tensor);
  backend.release(tensor);
  return values;
}

export function releaseAll(backend: StudioBackend, tensors: Iterable<GpuTensor>): void {
  for (const tensor of tensors) backend.release(tensor);
}

/** Runs `test` and expects it to have released what it allocated and the GPU to be well. */
export async function withoutLeaks(backend: StudioBackend, test: () => Promise<void>): Promise<void> {
  const before = backend.usedBytes();
  await test();
  expect(backend.usedBytes()).toBe(before);
  backend.gpu.throwIfFailed();
}
