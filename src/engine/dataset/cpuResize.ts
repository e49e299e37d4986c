/**
 * Pillow's resizing on the CPU, the same whole numbers as the GPU's kernel and so the same bytes: for processors that play
 * a GPU, for photos too large to send whole, and for the cache of resized photos. Source rows are made one at
 * a time, and summed by vectors of WebAssembly in a sixth of the time of JavaScript.
 */
import { resizeTaps } from '../augment/resample';
import type { AxisTaps, LoadedView } from '../augment/view';
import { rowsOfPlanes } from './jpegColor';
import resizeModule from './resize.wat';

/** The kernels read and write past a row's end by less than this. */
const VECTOR_BYTES = 16;

type Rgba = Uint8ClampedArray<ArrayBuffer>;
/** Writes row `y` as RGBA from byte `to` of `out` on. */
type ReadRow = (y: number, out: Rgba, to: number) => void;
interface Size {
  width: number;
  height: number;
}

/**
 * `pixels`: RGBA, [height, width, 4]; the result is [outputs of `vertical`, outputs of `horizontal`, 4], alpha 255.
 * Outputs without weights come out black.
 */
export function resizeRgba(pixels: Rgba, size: Size, horizontal: AxisTaps, vertical: AxisTaps): Rgba {
  const stride = size.width * 4;
  const readRow: ReadRow = (y, out, to) => out.set(pixels.subarray(y * stride, (y + 1) * stride), to);
  return resizeRows(readRow, size, horizontal, vertical);
}

/** What `resize.wat` exports; addresses are bytes of its memory. */
interface Kernels {
  memory: WebAssembly.Memory;
  across(line: number, starts: number, weights: number, taps: number, count: number, out: number): void;
  down(rows: number, weights: number, taps: number, stride: number, out: number): void;
}

const PAGE_BYTES = 65536;
let opened: Kernels | undefined;

/** Its memory grows to the largest region, and stays so. */
function kernelsWith(sizeBytes: number): Kernels {
  const kernels = (opened ??= new WebAssembly.Instance(new WebAssembly.Module(resizeModule))
    .exports as unknown as Kernels);
  const { memory } = kernels;
  const lacking = Math.ceil((sizeBytes - memory.buffer.byteLength) / PAGE_BYTES);
  if (lacking > 0) memory.grow(lacking);
  return kernels;
}

function resizeRows(readRow: ReadRow, { width, height }: Size, horizontal: AxisTaps, vertical: AxisTaps): Rgba {
  const outWidth = horizontal.starts.length;
  const outHeight = vertical.starts.length;
  const stride = outWidth * 4;
  const tableWords = outWidth * (1 + horizontal.taps) + outHeight * vertical.taps;
  const weightsAt = outWidth * 4;
  const downAt = weightsAt + outWidth * horizontal.taps * 4;
  // Taps beyond the last column or row weigh nothing, but are read.
  const lineAt = tableWords * 4;
  const rowsAt = lineAt + (width + horizontal.taps) * 4;
  const outAt = rowsAt + (height + vertical.taps) * stride + VECTOR_BYTES;
  const end = outAt + outHeight * stride;
  const { memory, across, down } = kernelsWith(end + VECTOR_BYTES);
  const bytes = new Uint8ClampedArray(memory.buffer);
  const tables = new Int32Array(memory.buffer, 0, tableWords);
  tables.set(horizontal.starts);
  tables.set(horizontal.weights, weightsAt / 4);
  tables.set(vertical.weights, downAt / 4);
  for (let y = 0; y < height; y++) {
    readRow(y, bytes, lineAt);
    across(lineAt, 0, weightsAt, horizontal.taps, outWidth, rowsAt + y * stride);
  }
  for (let y = 0; y < outHeight; y++) {
    const first = rowsAt + vertical.starts[y]! * stride;
    down(first, downAt + y * vertical.taps * 4, vertical.taps, stride, outAt + y * stride);
  }
  return bytes.slice(outAt, end);
}

/** The same view with its crop and resize done already: pixels as they come out, and weights that leave them so. */
export function resizeView({ view, pixels, planes, photoWidth, photoHeight }: LoadedView): LoadedView {
  const { region, horizontal, vertical } = view;
  const [width, height] = [horizontal.starts.length, vertical.starts.length];
  const whole = { left: 0, top: 0, width, height };
  return {
    view: {
      ...view,
      region: whole,
      horizontal: resizeTaps(width, width).taps,
      vertical: resizeTaps(height, height).taps,
    },
    photoWidth,
    photoHeight,
    pixels: planes
      ? resizeRows(rowsOfPlanes(pixels, planes, region), region, horizontal, vertical)
      : resizeRgba(pixels, region, horizontal, vertical),
  };
}
