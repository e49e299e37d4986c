/**
 * What the kernels of optimisers have in common. Each changes a parameter and its moments in place, elementwise, and comes
 * plain and scaled: the latter undoes a loss scale's factor, and leaves the step out if the scale's state says so.
 */
import type { ComputeProgram, GpuTensor, Recorder } from '../gpu/recorder';
import { floatWord, gridOf } from './launch';
import { expand } from './template';

/** An optimiser's shader in both forms. */
export interface UpdateKernel {
  plain: ComputeProgram;
  scaled: ComputeProgram;
}

export interface UpdateTensors {
  /** Changed in place. */
  parameter: GpuTensor;
  /** Only read. */
  gradient: GpuTensor;
  /** Changed in place; as many as the shader has. */
  moments: readonly GpuTensor[];
}

/**
 * @param source WGSL over arrays of vec4: the parameter, its gradient, the moments, the loss scale's state if SCALED, and
 * uniforms that begin with `count` and `gridX` and are floats from there on.
 */
export function updateKernel(key: string, source: string, moments: number): UpdateKernel {
  const program = (scaled: 0 | 1): ComputeProgram => ({
    key: scaled ? `${key}/scaled` : key,
    code: expand(source, { SCALED: scaled }),
    access: [
      'write',
      'read',
      ...Array.from({ length: moments }, () => 'write' as const),
      ...(scaled ? ['read' as const] : []),
    ],
  });
  return { plain: program(0), scaled: program(1) };
}

/** One step. All of one length, in fours; `floats` are the shader's uniforms from the third on. */
export function launchUpdate(
  recorder: Recorder,
  { plain, scaled }: UpdateKernel,
  { parameter, gradient, moments }: UpdateTensors,
  floats: readonly number[],
  scaling: GpuTensor | null,
): void {
  const count = parameter.shape.reduce((a, b) => a * b, 1) / 4;
  const { gridX, workgroups } = gridOf(Math.ceil(count / 64));
  recorder.dispatch({
    program: scaling ? scaled : plain,
    tensors: [parameter, gradient, ...moments, ...(scaling ? [scaling] : [])],
    uniforms: Uint32Array.from([count, gridX, ...floats.map(floatWord)]),
    workgroups,
    flops: 0,
  });
}
