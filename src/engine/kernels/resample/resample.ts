/**
 * Views → the batch that the network sees. Pillow's antialiased resampling with its integer arithmetic (22-bit weights,
 * u8 between the passes: Resample.c), fused with the flip, the division by 255 and the normalisation: bit for bit what
 * torchvision's transforms and ToTensor give for the same pixels. Views that change colours or warp take a pass more.
 * Step 6 of the data's path.
 */
import type { LoadedView } from '../../photo/view';
import type { StudioBackend } from '../../gpu/backend';
import type { ComputeProgram, GpuTensor } from '../../gpu/recorder';
import { affineWarp, packWarps } from '../affineWarp/affineWarp';
import { colorJitter, packColors } from '../colorJitter/colorJitter';
import { gridOf, u32Words } from '../launch';
import { photoPixels } from '../photoPixels/photoPixels';
import { expand } from '../template';
import horizontalSource from './horizontal.wgsl?raw';
import { normalizationWords } from './normalization';
import verticalSource from './vertical.wgsl?raw';

/**
 * Words of a view's header: pixels at, width, height, x taps, x table at, y taps, y table at, rows at, flip,
 * out width, out height, out at (of packed pictures).
 */
const HEADER_WORDS = 12;

const HORIZONTAL: ComputeProgram = {
  key: 'resample/horizontal',
  code: expand(horizontalSource, { HEADER_WORDS }),
  access: ['read', 'read', 'read', 'write'],
};
const VERTICAL: ComputeProgram = verticalProgram('floats', 0);
const VERTICAL_PACKED: ComputeProgram = verticalProgram('packed', 1);

function verticalProgram(name: string, PACKED: number): ComputeProgram {
  return {
    key: `resample/vertical/${name}`,
    code: expand(verticalSource, { HEADER_WORDS, PACKED }),
    access: ['read', 'read', 'read', 'write'],
  };
}

/**
 * `views`, all of one shape and one spec → images [N, H, W, 3] in [0, 1], or normalised; squares but of whole photos. The
 * caller releases the result.
 */
export function resample(backend: StudioBackend, views: readonly LoadedView[]): GpuTensor {
  const size = views[0]!.view.size;
  const { pixels, starts } = photoPixels(backend, views);
  const isWarped = views.some(({ view }) => view.warp);
  const isRecolored = views.some(({ view }) => view.colors);
  const normalize = views[0]!.view.normalize ?? false;
  const normalizeFirst = normalizationWords(normalize && !isWarped);
  const packed = pack(views, starts);
  const headers = backend.upload(packed.headers);
  const tables = backend.upload(packed.tables);
  const rows = backend.allocate([memoryPlanFor(packed.rowWords)], 'int32');
  const out = isRecolored
    ? backend.allocate([memoryPlanFor(packed.outWords)], 'int32')
    : backend.allocate([views.length, ...shapeOf(views[0]!), 3]);
  const across = gridOf(Math.ceil(packed.mostRowWords / 64), views.length);
  backend.dispatch({
    program: HORIZONTAL,
    tensors: [headers, tables, pixels, rows],
    uniforms: u32Words(across.gridX),
    workgroups: across.workgroups,
    flops: 0,
  });
  const down = gridOf(Math.ceil(packed.mostOutWords / 64), views.length);
  backend.dispatch({
    program: isRecolored ? VERTICAL_PACKED : VERTICAL,
    tensors: [headers, tables, rows, out],
    uniforms: u32Words(down.gridX, ...normalizeFirst),
    workgroups: down.workgroups,
    flops: 0,
  });
  for (const tensor of [headers, tables, pixels, rows]) backend.release(tensor);
  let images: GpuTensor = out;
  if (isRecolored) {
    const changes = backend.upload(packColors(views));
    images = colorJitter(backend, { pictures: out, changes, count: views.length, size, normalization: normalizeFirst });
    for (const tensor of [changes, out]) backend.release(tensor);
  }
  if (isWarped) {
    const straight = images;
    const warps = backend.upload(packWarps(views, size));
    images = affineWarp(backend, straight, warps, normalizationWords(normalize));
    for (const tensor of [warps, straight]) backend.release(tensor);
  }
  return images;
}

/** Of what comes of a view, where nothing is done behind the resampling: height and width, px. */
export const shapeOf = ({ view: { horizontal, vertical } }: LoadedView): [number, number] => [
  vertical.starts.length,
  horizontal.starts.length,
];

function pack(views: readonly LoadedView[], starts: readonly number[]) {
  let tableWords = 0;
  let rowWords = 0;
  let outWords = 0;
  let mostRowWords = 1;
  let mostOutWords = 1;
  for (const { view } of views) {
    const { horizontal, vertical, region } = view;
    const [outWidth, outHeight] = [horizontal.starts.length, vertical.starts.length];
    tableWords += outWidth * (1 + horizontal.taps) + outHeight * (1 + vertical.taps);
    rowWords += outWidth * region.height;
    outWords += outWidth * outHeight;
    mostRowWords = Math.max(mostRowWords, outWidth * region.height);
    mostOutWords = Math.max(mostOutWords, outWidth * outHeight);
  }
  const headers = new Uint32Array(memoryPlanFor(views.length * HEADER_WORDS));
  const tables = new Int32Array(memoryPlanFor(tableWords));
  let [tableAt, rowAt, outAt] = [0, 0, 0];
  views.forEach(({ view }, i) => {
    const { horizontal, vertical } = view;
    const { width, height } = view.region;
    const [outWidth, outHeight] = [horizontal.starts.length, vertical.starts.length];
    const verticalAt = tableAt + outWidth * (1 + horizontal.taps);
    const header = [
      starts[i]!,
      width,
      height,
      horizontal.taps,
      tableAt,
      vertical.taps,
      verticalAt,
      rowAt,
      Number(view.flip),
      outWidth,
      outHeight,
      outAt,
    ];
    headers.set(header, i * HEADER_WORDS);
    tables.set(horizontal.starts, tableAt);
    tables.set(horizontal.weights, tableAt + outWidth);
    tables.set(vertical.starts, verticalAt);
    tables.set(vertical.weights, verticalAt + outHeight);
    tableAt = verticalAt + outHeight * (1 + vertical.taps);
    rowAt += outWidth * height;
    outAt += outWidth * outHeight;
  });
  return { headers, tables, rowWords, outWords, mostRowWords, mostOutWords };
}

/** Rounded up to a power of two: crops differ from batch to batch, and a buffer a size would never be used again. */
function memoryPlanFor(count: number): number {
  return 2 ** Math.ceil(Math.log2(Math.max(count, 64)));
}
