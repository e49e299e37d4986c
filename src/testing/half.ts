/** IEEE half precision on the CPU, for tests: what the GPU's conversions are held against. */
import type { StudioBackend } from '../engine/gpu/backend';
import type { GpuTensor } from '../engine/gpu/recorder';
import { fromHalf } from '../engine/io/elements';

/** The nearest half, ties to even, infinite beyond 65,519. */
export function roundToHalf(value: number): number {
  if (!Number.isFinite(value) || value === 0) return value;
  // Eleven significant bits; below 2^-14 they are fewer, in steps of 2^-24.
  const exponent = Math.max(Math.floor(Math.log2(Math.abs(value))), -14);
  const step = 2 ** (exponent - 10);
  const scaled = value / step;
  const floor = Math.floor(scaled);
  const rest = scaled - floor;
  const rounded = (rest > 0.5 || (rest === 0.5 && floor % 2 !== 0) ? floor + 1 : floor) * step;
  return Math.abs(rounded) > 65504 ? Math.sign(value) * Infinity : rounded;
}

function bitsOf(value: number): number {
  const half = roundToHalf(value);
  const sign = half < 0 || Object.is(half, -0) ? 0x8000 : 0;
  const size = Math.abs(half);
  if (Number.isNaN(size)) return 0x7e00;
  if (size === Infinity) return sign | 0x7c00;
  if (size < 2 ** -14) return sign | (size * 2 ** 24);
  const exponent = Math.floor(Math.log2(size));
  return sign | ((exponent + 15) << 10) | ((size / 2 ** exponent - 1) * 1024);
}

/** A float16 tensor with the values, rounded. The caller releases it. */
export function uploadedHalves(backend: StudioBackend, values: ArrayLike<number>, shape: readonly number[]): GpuTensor {
  const tensor = backend.allocate(shape, 'float16');
  backend.writeWords(tensor, new Uint32Array(Uint16Array.from(values, bitsOf).buffer));
  return tensor;
}

/** A float16 tensor's values. */
export async function downloadedHalves(backend: StudioBackend, tensor: GpuTensor): Promise<Float64Array> {
  const words = await backend.download(tensor);
  return Float64Array.from(new Uint16Array(words.buffer), fromHalf);
}
