/**
 * 3 x 3 convolutions of stride 1 by Winograd's F(2 x 2, 3 x 3): four multiplications for every nine, over tiles of the output;
 * the input gradient is the same with turned filters. Source: Lavin and Gray 2016, section 4.1.
 */
import type { ComputeProgram, GpuTensor, Recorder } from '../../gpu/recorder';
import { gridOf, u32Words } from '../launch';
import { storageOf, withStorage } from '../storage';
import { expand } from '../template';
import { runProduct } from './product';
import type { ConvVariant } from './variants';
import filterSource from './winogradFilter.wgsl?raw';
import inputSource from './winogradInput.wgsl?raw';
import outputSource from './winogradOutput.wgsl?raw';

/** Numbers of a transformed tile: a matrix product for each. */
const POINTS = 16;

/** Of transformed tiles at a time, inputs and outputs each: at batch 64 and 224 px ResNet-50 has three times as many. */
const MAX_TRANSFORMED_BYTES = 68 * 2 ** 20;

const FILTER: ComputeProgram = {
  key: 'conv2d/winogradFilter',
  code: expand(filterSource, {}),
  access: ['read', 'write'],
};
const INPUT = { name: 'winogradInput', source: expand(inputSource, {}) };
const OUTPUT = { name: 'winogradOutput', source: expand(outputSource, {}) };

export interface WinogradOptions {
  variant: ConvVariant;
  pad: number;
  /** As the input gradient has it: filters turned by 180 degrees, channels exchanged. */
  turned: boolean;
  /** Added to rather than written. */
  accumulate: boolean;
}

/** `x` [N, H, W, C], `w` [3, 3, CI, CO] → `out` [N, H + 2 pad - 2, W + 2 pad - 2, C'], C and C' being CO and CI where turned. */
export function winograd(recorder: Recorder, x: GpuTensor, w: GpuTensor, out: GpuTensor, o: WinogradOptions): void {
  const [batch = 0, , , inChannels = 0] = x.shape;
  const [, outHeight = 0, outWidth = 0, outChannels = 0] = out.shape;
  const [tilesDown, tilesAcross] = [Math.ceil(outHeight / 2), Math.ceil(outWidth / 2)];
  const tiles = batch * tilesDown * tilesAcross;
  const atOnce = Math.floor(MAX_TRANSFORMED_BYTES / (POINTS * 4 * Math.max(inChannels, outChannels)));
  const filter = transformedFilter(recorder, w, o.turned);
  for (let firstTile = 0; firstTile < tiles; firstTile += atOnce) {
    const count = Math.min(atOnce, tiles - firstTile);
    const part = { tilesDown, tilesAcross, firstTile, tiles: count };
    const input = recorder.allocate([POINTS, count, inChannels], 'float32', [x]);
    overTiles(recorder, INPUT, { activation: x, tensors: [x, input], ...part, last: o.pad });
    const output = recorder.allocate([POINTS, count, outChannels], 'float32', [input, filter, out]);
    runProduct(recorder, {
      operands: 'winograd',
      variant: o.variant,
      shape: {
        batch: POINTS,
        inHeight: count,
        inWidth: 1,
        inChannels,
        outHeight: count,
        outWidth: 1,
        outChannels,
        kernel: 1,
        stride: 1,
        pad: 0,
        groups: 1,
      },
      a: input,
      b: filter,
      out: output,
      rows: count,
      columns4: outChannels / 4,
      inner4: inChannels / 4,
      z: POINTS,
      precision: 'float32',
    });
    recorder.release(input);
    overTiles(recorder, OUTPUT, { activation: out, tensors: [output, out], ...part, last: Number(o.accumulate) });
    recorder.release(output);
  }
  recorder.release(filter);
}

/** [16, CI, CO], or [16, CO, CI] of turned filters. */
function transformedFilter(recorder: Recorder, w: GpuTensor, turned: boolean): GpuTensor {
  const [, , inChannels = 0, outChannels = 0] = w.shape;
  const shape = turned ? [POINTS, outChannels, inChannels] : [POINTS, inChannels, outChannels];
  const filter = recorder.allocate(shape, 'float32', [w]);
  const { gridX, workgroups } = gridOf(Math.ceil((inChannels * outChannels) / 16 / 32));
  const uniforms = u32Words(inChannels / 4, outChannels / 4, gridX, Number(turned));
  recorder.dispatch({ program: FILTER, tensors: [w, filter], uniforms, workgroups, flops: 0 });
  return filter;
}

interface TileDispatch {
  /** The one of the tensors that is [N, H, W, C]. */
  activation: GpuTensor;
  tensors: readonly [from: GpuTensor, to: GpuTensor];
  tilesDown: number;
  tilesAcross: number;
  firstTile: number;
  tiles: number;
  /** The last uniform, which is the shader's own. */
  last: number;
}

/** One invocation four channels of a tile. */
function overTiles(recorder: Recorder, { name, source }: typeof INPUT, o: TileDispatch): void {
  const [, height = 0, width = 0, channels = 0] = o.activation.shape;
  const { gridX, workgroups } = gridOf(Math.ceil((o.tiles * channels) / 4 / 64));
  const storage = storageOf(recorder, o.activation);
  const code = withStorage(storage, source);
  recorder.dispatch({
    program: { key: `conv2d/${name}/${storage.name}`, code, access: ['read', 'write'] },
    tensors: o.tensors,
    uniforms: u32Words(height, width, channels / 4, o.tilesDown, o.tilesAcross, o.firstTile, o.tiles, gridX, o.last),
    workgroups,
    flops: 0,
  });
}
