/**
 * The matrix product under every convolution: two cores (subgroup registers, workgroup tiles) times four operands (forward,
 * input gradient, filter gradient, Winograd's sixteen products), dimensions in uniforms so that one pipeline serves every
 * layer.
 */
import type { ComputeProgram, GpuTensor, Recorder } from '../../gpu/recorder';
import { gridOf, u32Words } from '../launch';
import { type Precision, type Storage, storageOf, withStorage } from '../storage';
import { expand } from '../template';
import coreSubgroup from './coreSubgroup.wgsl?raw';
import coreTiled from './coreTiled.wgsl?raw';
import operandsFilterGradient from './operandsFilterGradient.wgsl?raw';
import operandsForward from './operandsForward.wgsl?raw';
import operandsInputGradient from './operandsInputGradient.wgsl?raw';
import operandsWinograd from './operandsWinograd.wgsl?raw';
import product from './product.wgsl?raw';
import { convFlops, type ConvShape, type Pass } from './shape';
import type { ConvVariant } from './variants';

/** What is multiplied with what. */
export type Operands = Pass | 'winograd';

const OPERANDS: Record<Operands, string> = {
  forward: operandsForward,
  inputGradient: operandsInputGradient,
  filterGradient: operandsFilterGradient,
  winograd: operandsWinograd,
};

/**
 * Inner blocks of four that are summed on their own before they join the total: keeps f32 sums as exact as blocked ones. What
 * goes forward decides ReLUs within 1e-7 of zero, and with them whole gradients; what goes backward decides nothing.
 */
const CHUNKS: Record<Operands, number> = { forward: 4, inputGradient: 64, filterGradient: 64, winograd: 4 };

function productProgram(operands: Operands, variant: ConvVariant, storage: Storage): ComputeProgram {
  const subgroup = variant.core === 'subgroup';
  const code = expand(`${product}\n${OPERANDS[operands]}\n${subgroup ? coreSubgroup : coreTiled}`, {
    ...variant.constants,
    CHUNK: CHUNKS[operands],
    A_TRANSPOSED: Number(operands === 'filterGradient'),
  });
  return {
    key: `conv2d/${operands}/${variant.name}/${storage.name}`,
    code: withStorage(storage, code, ...(subgroup ? ['subgroups'] : [])),
    access: ['read', 'read', 'write'],
  };
}

const programs = new Map<string, ComputeProgram>();

function cachedProgram(operands: Operands, variant: ConvVariant, storage: Storage): ComputeProgram {
  const key = `${operands}/${variant.name}/${storage.name}`;
  const program = programs.get(key) ?? productProgram(operands, variant, storage);
  programs.set(key, program);
  return program;
}

export interface Product {
  operands: Operands;
  shape: ConvShape;
  variant: ConvVariant;
  a: GpuTensor;
  b: GpuTensor;
  out: GpuTensor;
  rows: number;
  columns4: number;
  inner4: number;
  /** Phases, splits or products. */
  z: number;
  /** Of activations and their gradients. */
  precision: Precision;
  /** Photos of few channels: a whole row of the filter is one tap. */
  rowTaps?: boolean;
  accumulate?: boolean;
}

/** Records one product; `out` is written, or added to. */
export function runProduct(recorder: Recorder, o: Product): void {
  const { shape: s, variant } = o;
  const columnTiles = Math.ceil(o.columns4 / variant.tileColumns4);
  const tiles = Math.ceil(o.rows / variant.tileRows) * columnTiles;
  const { gridX, workgroups } = gridOf(tiles, o.z);
  const channels4 = s.inChannels / 4;
  const [tapsAcross, tapInner4] = o.rowTaps ? [1, s.kernel * channels4] : [s.kernel, channels4];
  recorder.dispatch({
    program: cachedProgram(o.operands, variant, storageOf(recorder, { dtype: o.precision })),
    tensors: [o.a, o.b, o.out],
    uniforms: u32Words(
      s.inHeight,
      s.inWidth,
      channels4,
      s.outHeight,
      s.outWidth,
      s.outChannels / 4,
      s.batch,
      s.kernel,
      tapsAcross,
      tapInner4,
      s.stride,
      s.pad,
      Math.ceil(s.inHeight / s.stride),
      Math.ceil(s.inWidth / s.stride),
      o.rows,
      o.columns4,
      o.inner4,
      Math.ceil(o.inner4 / o.z),
      columnTiles,
      tiles,
      gridX,
      Number(o.accumulate ?? false),
      ...pixelSteps(s),
    ),
    workgroups,
    flops: convFlops(s),
  });
}

/** Four output pixels on, as images, rows and columns: what the filter gradient walks by. */
function pixelSteps({ outHeight, outWidth }: ConvShape): [number, number, number] {
  const rows = Math.floor(4 / outWidth);
  return [Math.floor(rows / outHeight), rows % outHeight, 4 % outWidth];
}
