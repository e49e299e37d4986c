/**
 * fastai's aug_transforms() on a batch in one pass: AffineCoordTfm's sampling through one homography a photo, and
 * LightingTfm. The numbers come from `augment/warp.ts`. Step 6 of the data's path.
 */
import type { LoadedView, Warp } from '../../photo/view';
import type { ComputeProgram, GpuTensor, Recorder } from '../../gpu/recorder';
import { gridOf, u32Words } from '../launch';
import { expand } from '../template';
import source from './affineWarp.wgsl?raw';

/** The matrix, brightness and contrast. */
const WARP_WORDS = 11;

const PROGRAM: ComputeProgram = {
  key: 'affineWarp',
  code: expand(source, { WARP_WORDS }),
  access: ['read', 'read', 'write'],
};

const UNCHANGED: Warp = { matrix: [1, 0, 0, 0, 1, 0, 0, 0, 1], brightness: 0, contrast: 1 };

/** `x` [N, S, S, 3] in [0, 1], `warps` as `packWarps` gives them → the same shape, the caller's. S >= 2. Does not wait. */
export function affineWarp(
  recorder: Recorder,
  x: GpuTensor,
  warps: GpuTensor,
  normalization: readonly number[],
): GpuTensor {
  const [count = 0, size = 0] = x.shape;
  const out = recorder.allocate(x.shape);
  const { gridX, workgroups } = gridOf(Math.ceil((size * size) / 64), count);
  recorder.dispatch({
    program: PROGRAM,
    tensors: [warps, x, out],
    uniforms: u32Words(size, gridX, ...normalization),
    workgroups,
    flops: 0,
  });
  return out;
}

/** Floats as words. Matrices go from pixel to pixel, so that one that changes nothing is exact. */
export function packWarps(views: readonly LoadedView[], size: number): Uint32Array<ArrayBuffer> {
  const packed = new Float32Array(views.length * WARP_WORDS);
  for (const [i, { view }] of views.entries()) {
    const { matrix, brightness, contrast } = view.warp ?? UNCHANGED;
    packed.set([...pixelMatrix(matrix, (size - 1) / 2), brightness, contrast], i * WARP_WORDS);
  }
  return new Uint32Array(packed.buffer);
}

/** `matrix` between coordinates -1 … 1 as one between pixels 0 … 2 `half`. */
function pixelMatrix([a, b, c, d, e, f, g, h, k]: Warp['matrix'], half: number): number[] {
  // Rows: to pixels, half * (row + bottom row). Columns: x / half - 1 and y / half - 1 put in.
  const columns = (p: number, q: number, r: number) => [p / half, q / half, r - p - q] as const;
  const bottom = columns(g, h, k);
  const upper = [columns(a, b, c), columns(d, e, f)].flatMap((row) =>
    row.map((value, i) => half * (value + bottom[i]!)),
  );
  return [...upper, ...bottom];
}
