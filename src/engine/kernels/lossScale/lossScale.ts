/**
 * Dynamic loss scaling, all of it on the GPU: a factor on the loss keeps gradients in half precision in range; a step whose
 * gradients overflow is left out and halves the factor, 2,000 good ones in a row double it. torch.cuda.amp.GradScaler.
 */
import type { ComputeProgram, GpuTensor, Recorder } from '../../gpu/recorder';
import { floatWord, gridOf } from '../launch';
import findOverflowSource from './findOverflow.wgsl?raw';
import updateSource from './update.wgsl?raw';

const GROWTH_INTERVAL = 2000;
/** Each looks at many gradients, so that few write. */
const INVOCATIONS = 65536;

const FIND_OVERFLOW: ComputeProgram = {
  key: 'lossScale/findOverflow',
  code: findOverflowSource,
  access: ['read', 'write'],
};
const UPDATE: ComputeProgram = { key: 'lossScale/update', code: updateSource, access: ['write', 'write'] };

export interface LossScale {
  /** f32 [8]: see update.wgsl. */
  state: GpuTensor;
  /** int32 [4], of which the first says that a gradient overflowed. */
  overflow: GpuTensor;
}

/** A factor of 2^16, and no step yet. The caller releases both tensors. */
export function initialLossScale(recorder: Recorder): LossScale {
  const scale = { state: recorder.allocate([8]), overflow: recorder.allocate([4], 'int32') };
  for (const tensor of [scale.state, scale.overflow]) recorder.clear(tensor);
  return scale;
}

/** Looks for gradients that are not finite. `gradient`'s length comes in fours. */
export function findOverflow(recorder: Recorder, { overflow }: LossScale, gradient: GpuTensor): void {
  const count = gradient.shape.reduce((a, b) => a * b, 1) / 4;
  const invocations = Math.min(count, INVOCATIONS);
  const { gridX, workgroups } = gridOf(Math.ceil(invocations / 64));
  recorder.dispatch({
    program: FIND_OVERFLOW,
    tensors: [gradient, overflow],
    uniforms: Uint32Array.of(count, invocations, gridX),
    workgroups,
    flops: 0,
  });
}

/** Of optimisers that correct nothing for its beginning: the corrections that nobody reads. */
const UNCORRECTED = { beta1: 0, beta2: 0 };

/**
 * Decides on this step, once all gradients have been looked at, and on the next loss's factor. `betas`: of the moments that
 * are corrected for their beginning, if any.
 */
export function updateLossScale(
  recorder: Recorder,
  { state, overflow }: LossScale,
  betas: { beta1: number; beta2: number } | null,
): void {
  const { beta1, beta2 } = betas ?? UNCORRECTED;
  recorder.dispatch({
    program: UPDATE,
    tensors: [state, overflow],
    uniforms: Uint32Array.from([GROWTH_INTERVAL, beta1, 1 - beta1, beta2, 1 - beta2], floatWord),
    workgroups: [1, 1, 1],
    flops: 0,
  });
}
