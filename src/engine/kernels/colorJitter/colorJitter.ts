/**
 * torchvision's ColorJitter on bytes, exactly as Pillow does it: ImageEnhance's blends in single precision, truncated and
 * clipped after each operation (Blend.c), the contrast's grey being the mean of the picture as it is by then.
 * Step 6 of the data's path.
 */
import type { ColorOperation, LoadedView } from '../../photo/view';
import type { ComputeProgram, GpuTensor, Recorder } from '../../gpu/recorder';
import { gridOf, u32Words } from '../launch';
import { expand } from '../template';
import applySource from './apply.wgsl?raw';
import meansSource from './means.wgsl?raw';
import operationsSource from './operations.wgsl?raw';

/** Words of a view before the products: see operations.wgsl. */
const CHANGE_WORDS = 10;
const OPERATIONS = 3;
/** Differences of two bytes. */
const PRODUCTS = 511;
const KINDS: Record<ColorOperation['kind'], number> = { brightness: 1, contrast: 2, saturation: 3 };
const CONSTANTS = { CHANGE_WORDS, PRODUCTS, CONTRAST: KINDS.contrast, SATURATION: KINDS.saturation };

const MEANS: ComputeProgram = {
  key: 'colorJitter/means',
  code: expand(`${operationsSource}\n${meansSource}`, CONSTANTS),
  access: ['read', 'read', 'write'],
};
const APPLY: ComputeProgram = {
  key: 'colorJitter/apply',
  code: expand(`${operationsSource}\n${applySource}`, CONSTANTS),
  access: ['read', 'read', 'read', 'write'],
};

export interface ColorJitterInput {
  /** Bytes of RGB, a word a pixel, one picture after the other. */
  pictures: GpuTensor;
  /** What `packColors` gives. */
  changes: GpuTensor;
  /** Pictures, N. */
  count: number;
  /** Of the crops, S px. */
  size: number;
  /** What `normalizationWords` gives. */
  normalization: readonly number[];
}

/** → images [N, S, S, 3], the caller's. Does not wait. */
export function colorJitter(recorder: Recorder, input: ColorJitterInput): GpuTensor {
  const { pictures, changes, count, size, normalization } = input;
  const means = recorder.allocate([count], 'int32');
  const images = recorder.allocate([count, size, size, 3]);
  recorder.dispatch({
    program: MEANS,
    tensors: [changes, pictures, means],
    uniforms: u32Words(0),
    workgroups: [1, 1, count],
    flops: 0,
  });
  const { gridX, workgroups } = gridOf(Math.ceil((size * size) / 64), count);
  recorder.dispatch({
    program: APPLY,
    tensors: [changes, pictures, means, images],
    uniforms: u32Words(size, gridX, ...normalization),
    workgroups,
    flops: 0,
  });
  recorder.release(means);
  return images;
}

/** The views' changes as the shaders read them. */
export function packColors(views: readonly LoadedView[]): Uint32Array<ArrayBuffer> {
  const table = views.length * CHANGE_WORDS;
  const packed = new Uint32Array(table + views.length * OPERATIONS * PRODUCTS);
  const floats = new Float32Array(packed.buffer);
  let pictureAt = 0;
  for (const [i, { view }] of views.entries()) {
    const { left = 0, top = 0, operations = [] } = view.colors ?? {};
    const [width, height] = [view.horizontal.starts.length, view.vertical.starts.length];
    const productsAt = table + i * OPERATIONS * PRODUCTS;
    const kinds = Array.from({ length: OPERATIONS }, (_, k) => (operations[k] ? KINDS[operations[k].kind] : 0));
    packed.set(
      u32Words(pictureAt, width, height, left, top, Number(view.flip), ...kinds, productsAt),
      i * CHANGE_WORDS,
    );
    for (const [k, { factor }] of operations.entries()) {
      const alpha = Math.fround(factor);
      for (let d = -255; d <= 255; d++) floats[productsAt + k * PRODUCTS + d + 255] = alpha * d;
    }
    pictureAt += width * height;
  }
  return packed;
}
