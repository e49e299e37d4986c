/**
 * Pillow's resizing on the CPU, the same whole numbers as the GPU's kernel and so the same bytes: for processors that play
 * a GPU, for photos too large to send whole, and for the cache of resized photos. Source rows are made one at a time.
 */
import { resizeTaps } from './resample';
import type { AxisTaps, LoadedView } from './view';
import { rowsOfPlanes } from './jpegColor';
import { openPixelRows, type RowSource, VECTOR_BYTES } from './pixelRows';

type Rgba = Uint8ClampedArray<ArrayBuffer>;
interface Size {
  width: number;
  height: number;
}

/**
 * `pixels`: RGBA, [height, width, 4]; the result is [outputs of `vertical`, outputs of `horizontal`, 4], alpha 255.
 * Outputs without weights come out black.
 */
export function resizeRgba(pixels: Rgba, size: Size, horizontal: AxisTaps, vertical: AxisTaps): Rgba {
  return resizeRows(rowsOfRgba(pixels, size), size, horizontal, vertical);
}

function rowsOfRgba(pixels: Rgba, { width }: Size): RowSource {
  const open: RowSource['open'] = ({ memory }) => {
    const bytes = new Uint8ClampedArray(memory.buffer);
    return (y, to) => bytes.set(pixels.subarray(y * width * 4, (y + 1) * width * 4), to);
  };
  return { sizeBytes: 0, open };
}

function resizeRows(source: RowSource, { width, height }: Size, horizontal: AxisTaps, vertical: AxisTaps): Rgba {
  const outWidth = horizontal.starts.length;
  const outHeight = vertical.starts.length;
  const stride = outWidth * 4;
  const startsAt = source.sizeBytes;
  const acrossAt = startsAt + outWidth * 4;
  const downAt = acrossAt + outWidth * horizontal.taps * 4;
  const lineAt = downAt + outHeight * vertical.taps * 4;
  // Taps beyond the last column or row weigh nothing, but are read.
  const rowsAt = lineAt + (width + horizontal.taps) * 4 + VECTOR_BYTES;
  const outAt = rowsAt + (height + vertical.taps) * stride + VECTOR_BYTES;
  const end = outAt + outHeight * stride;
  const kernels = openPixelRows(end + VECTOR_BYTES);
  const { buffer } = kernels.memory;
  new Int32Array(buffer, startsAt).set(horizontal.starts);
  new Int32Array(buffer, acrossAt).set(horizontal.weights);
  new Int32Array(buffer, downAt).set(vertical.weights);
  const readRow = source.open(kernels);
  for (let y = 0; y < height; y++) {
    readRow(y, lineAt);
    kernels.across(lineAt, startsAt, acrossAt, horizontal.taps, outWidth, rowsAt + y * stride);
  }
  for (let y = 0; y < outHeight; y++) {
    const first = rowsAt + vertical.starts[y]! * stride;
    kernels.down(first, downAt + y * vertical.taps * 4, vertical.taps, stride, outAt + y * stride);
  }
  return new Uint8ClampedArray(buffer).slice(outAt, end);
}

/** The same view with its crop and resize done already: pixels as they come out, and weights that leave them so. */
export function resizeView({ view, pixels, planes, photoWidth, photoHeight }: LoadedView): LoadedView {
  const { region, horizontal, vertical } = view;
  const [width, height] = [horizontal.starts.length, vertical.starts.length];
  const whole = { left: 0, top: 0, width, height };
  const source = planes ? rowsOfPlanes(pixels, planes, region) : rowsOfRgba(pixels, region);
  return {
    view: {
      ...view,
      region: whole,
      horizontal: resizeTaps(width, width).taps,
      vertical: resizeTaps(height, height).taps,
    },
    photoWidth,
    photoHeight,
    pixels: resizeRows(source, region, horizontal, vertical),
  };
}
