/** torch.nn.Dropout in training; which elements fall is a function of a seed and of their place in the batch. */
import type { ComputeProgram, GpuTensor, Recorder } from '../../gpu/recorder';
import { floatWord, gridOf } from '../launch';
import source from './dropout.wgsl?raw';

export interface DropoutOptions {
  /** Share that falls, 0 to below 1. */
  p: number;
  /** 32 bits. */
  seed: number;
  /** Of the batch: the row that `x` begins with, where it is a part. */
  firstRow: number;
}

const PROGRAM: ComputeProgram = { key: 'dropout', code: source, access: ['read', 'write'] };

/** `x` [N, C], C in fours → y, or an output's gradient → the input's. The caller releases it. */
export function dropout(recorder: Recorder, x: GpuTensor, { p, seed, firstRow }: DropoutOptions): GpuTensor {
  const [rows = 0, channels = 0] = x.shape;
  const y = recorder.allocate(x.shape, 'float32', [x]);
  const count = (rows * channels) / 4;
  const { gridX, workgroups } = gridOf(Math.ceil(count / 64));
  const [first, threshold] = [firstRow * channels, p * 2 ** 32].map((value) => value >>> 0);
  recorder.dispatch({
    program: PROGRAM,
    tensors: [x, y],
    uniforms: Uint32Array.of(count, gridX, seed >>> 0, first!, threshold!, floatWord(1 / (1 - p))),
    workgroups,
    flops: 0,
  });
  return y;
}
