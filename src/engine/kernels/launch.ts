/** What every launcher needs: a grid for any number of workgroups, uniforms as words. */
/** WebGPU's least maximum of workgroups along one dimension is 65,535; longer grids are folded. */
const MAX_GRID = 32768;

export interface Grid {
  /** Workgroups along x; a shader's index is `x + y * gridX` and may exceed the count. */
  gridX: number;
  workgroups: [number, number, number];
}

export function gridOf(count: number, z = 1): Grid {
  const gridX = Math.min(count, MAX_GRID);
  return { gridX, workgroups: [gridX, Math.ceil(count / gridX), z] };
}

/** Positions of a window of `kernel` along one axis of `size`, padded by `pad` at both ends: PyTorch's rule. */
export function outputSize(
  size: number,
  { kernel, stride, pad }: { kernel: number; stride: number; pad: number },
): number {
  return Math.floor((size + 2 * pad - kernel) / stride) + 1;
}

/** Whole numbers of either sign as uniform words. */
export function u32Words(...values: readonly number[]): Uint32Array<ArrayBuffer> {
  return Uint32Array.from(values, (value) => value >>> 0);
}

/** A float's bits as a uniform word. */
export function floatWord(value: number): number {
  return new Uint32Array(Float32Array.of(value).buffer)[0]!;
}
