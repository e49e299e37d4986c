/**
 * Gradients scaled down to a norm where theirs, of all of them together, is above it: torch.nn.utils.clip_grad_norm_, all of it
 * on the GPU.
 */
import type { ComputeProgram, GpuTensor, Recorder } from '../../gpu/recorder';
import { floatWord, gridOf } from '../launch';
import { expand } from '../template';
import factorSource from './factor.wgsl?raw';
import scaleSource from './scale.wgsl?raw';
import sumSquaresSource from './sumSquares.wgsl?raw';

/** Sums of squares that each tensor has, as the shader has it. */
const SUMS = 64;

const SUM_SQUARES: ComputeProgram = {
  key: 'clipNorm/sumSquares',
  code: sumSquaresSource,
  access: ['read', 'write'],
};
const FACTOR: ComputeProgram = {
  key: 'clipNorm/factor',
  code: expand(factorSource, { SCALED: 0 }),
  access: ['read', 'write'],
};
const SCALED_FACTOR: ComputeProgram = {
  key: 'clipNorm/factor/scaled',
  code: expand(factorSource, { SCALED: 1 }),
  access: ['read', 'write', 'read'],
};
const SCALE: ComputeProgram = { key: 'clipNorm/scale', code: scaleSource, access: ['write', 'read'] };

export interface NormClip {
  /** Records that the gradients are scaled as they are then; `scaling`: the state of the loss scale whose factor they carry. */
  clip(on: Recorder, scaling: GpuTensor | null): void;
  release(): void;
}

/** Of `gradients` together, whose lengths come in fours; padding must be zero. They stay the caller's. */
export function newNormClip(recorder: Recorder, gradients: readonly GpuTensor[], maxNorm: number): NormClip {
  const sums = recorder.allocate([SUMS * gradients.length]);
  const factor = recorder.allocate([4]);
  return {
    clip(on, scaling) {
      for (const [i, gradient] of gradients.entries()) {
        on.dispatch({
          program: SUM_SQUARES,
          tensors: [gradient, sums],
          uniforms: Uint32Array.of(foursOf(gradient), SUMS * i),
          workgroups: [SUMS, 1, 1],
          flops: 0,
        });
      }
      on.dispatch({
        program: scaling ? SCALED_FACTOR : FACTOR,
        tensors: [sums, factor, ...(scaling ? [scaling] : [])],
        uniforms: Uint32Array.of(SUMS * gradients.length, floatWord(maxNorm)),
        workgroups: [1, 1, 1],
        flops: 0,
      });
      for (const gradient of gradients) {
        const count = foursOf(gradient);
        const { gridX, workgroups } = gridOf(Math.ceil(count / 64));
        on.dispatch({
          program: SCALE,
          tensors: [gradient, factor],
          uniforms: Uint32Array.of(count, gridX),
          workgroups,
          flops: 0,
        });
      }
    },
    release() {
      for (const tensor of [sums, factor]) recorder.release(tensor);
    },
  };
}

const foursOf = ({ shape }: GpuTensor): number => shape.reduce((a, b) => a * b, 1) / 4;
