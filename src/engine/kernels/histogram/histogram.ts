/** Values counted in equal bins from 0 up, added to what was counted before. */
import type { ComputeProgram, GpuTensor, Recorder } from '../../gpu/recorder';
import { floatWord } from '../launch';
import source from './histogram.wgsl?raw';

const PROGRAM: ComputeProgram = { key: 'histogram', code: source, access: ['read', 'write', 'write'] };
const GROUPS = 64;

export interface HistogramBins {
  count: number;
  /** A power of two, so that no value falls in another bin by rounding. */
  perUnit: number;
  /** Values above this are counted apart, too. */
  above: number;
}

export interface HistogramTensors {
  /** int32 [bins + 3], to be read unsigned: each bin, exact zeros, beyond the last bin, above `above`. */
  counts: GpuTensor;
  /** [64, 2]: parts of the sum of all values, and of those beyond the last bin. */
  sums: GpuTensor;
}

/** Empty; the caller releases them. */
export function allocateHistogram(recorder: Recorder, bins: HistogramBins): HistogramTensors {
  const tensors = {
    counts: recorder.allocate([bins.count + 3], 'int32'),
    sums: recorder.allocate([GROUPS, 2]),
  };
  for (const tensor of Object.values(tensors)) recorder.clear(tensor);
  return tensors;
}

/** Adds `x`, of any shape. Counts hold up to 2³² values each. */
export function addToHistogram(
  recorder: Recorder,
  x: GpuTensor,
  { counts, sums }: HistogramTensors,
  { count, perUnit, above }: HistogramBins,
): void {
  recorder.dispatch({
    program: PROGRAM,
    tensors: [x, counts, sums],
    uniforms: Uint32Array.of(
      x.shape.reduce((a, b) => a * b, 1),
      count,
      floatWord(perUnit),
      floatWord(above),
    ),
    workgroups: [GROUPS, 1, 1],
    flops: 0,
  });
}
