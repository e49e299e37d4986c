/** A batch of photos, each mixed with the one before it inside a box: what mixup and CutMix have in common. */
import type { ComputeProgram, GpuTensor, Recorder } from '../../gpu/recorder';
import { floatWord, gridOf } from '../launch';
import source from './mix.wgsl?raw';

/** In pixels; `right` and `bottom` are outside. */
export interface MixRegion {
  left: number;
  top: number;
  right: number;
  bottom: number;
  /** Of the photo itself inside the box, 0 to 1. */
  share: number;
}

const PROGRAM: ComputeProgram = { key: 'mix', code: source, access: ['read', 'write'] };

/** `photos` [N + 1, R, R, 3], the first only a partner, → [N, R, R, 3]. The caller releases it. */
export function mix(recorder: Recorder, photos: GpuTensor, { left, top, right, bottom, share }: MixRegion): GpuTensor {
  const [count = 0, size = 0] = photos.shape;
  const mixed = recorder.allocate([count - 1, size, size, 3], 'float32', [photos]);
  const pixels = (count - 1) * size * size;
  const { gridX, workgroups } = gridOf(Math.ceil(pixels / 64));
  recorder.dispatch({
    program: PROGRAM,
    tensors: [photos, mixed],
    uniforms: Uint32Array.of(pixels, gridX, size, left, top, right, bottom, floatWord(share)),
    workgroups,
    flops: 0,
  });
  return mixed;
}
