/**
 * How activations and their gradients lie in memory: as f32, or in half precision, with which the kernels compute as f32.
 * Weights, statistics and everything else are f32 always. Shaders read and write them through what stands here, so that one
 * file serves both.
 */
import type { GpuTensor, Platform } from '../gpu/recorder';

export const PRECISIONS = ['float32', 'float16'] as const;
export type Precision = (typeof PRECISIONS)[number];

/** WGSL's side: `Stored4` in memory, `loaded` and `stored` between it and vec4<f32>, `Tile4` in workgroup memory. */
export interface Storage {
  /** Part of a pipeline's key. */
  name: 'f32' | 'f16' | 'packed';
  /** WGSL extensions. */
  enables: readonly string[];
  declarations: string;
}

const F32: Storage = {
  name: 'f32',
  enables: [],
  declarations: `
alias Stored4 = vec4<f32>;
alias Tile4 = vec4<f32>;
fn loaded(value: Stored4) -> vec4<f32> { return value; }
fn stored(value: vec4<f32>) -> Stored4 { return value; }
`,
};

const F16: Storage = {
  name: 'f16',
  enables: ['f16'],
  declarations: `
alias Stored4 = vec4<f16>;
alias Tile4 = vec4<f16>;
fn loaded(value: Stored4) -> vec4<f32> { return vec4<f32>(value); }
fn stored(value: vec4<f32>) -> Stored4 { return vec4<f16>(value); }
`,
};

/** For adapters that can only convert. What a half cannot hold, WGSL leaves open: here it becomes infinity. */
const PACKED: Storage = {
  name: 'packed',
  enables: [],
  declarations: `
alias Stored4 = vec2<u32>;
alias Tile4 = vec4<f32>;
fn loaded(value: Stored4) -> vec4<f32> {
  return vec4<f32>(unpack2x16float(value.x), unpack2x16float(value.y));
}
fn halves(value: vec2<f32>) -> u32 {
  let fits = abs(value) <= vec2<f32>(65504.0);
  let bits = pack2x16float(select(vec2<f32>(), value, fits));
  return bits | select(0u, 0x7c00u, !fits.x) | select(0u, 0x7c000000u, !fits.y);
}
fn stored(value: vec4<f32>) -> Stored4 { return vec2<u32>(halves(value.xy), halves(value.zw)); }
`,
};

/** How the adapter holds tensors of an activation's type. */
export function storageOf({ report }: Platform, { dtype }: Pick<GpuTensor, 'dtype'>): Storage {
  if (dtype !== 'float16') return F32;
  return report.features.includes('shader-f16') ? F16 : PACKED;
}

/** An activation's type, where a new one is to be like it. */
export function precisionOf({ dtype }: Pick<GpuTensor, 'dtype'>): Precision {
  return dtype === 'float16' ? 'float16' : 'float32';
}

/** A shader with its storage, and whatever else it must enable. */
export function withStorage({ enables, declarations }: Storage, code: string, ...extensions: string[]): string {
  const directives = [...enables, ...extensions].map((name) => `enable ${name};\n`);
  return `${directives.join('')}${declarations}${code}`;
}
