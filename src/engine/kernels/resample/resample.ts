/**
 * Views → the batch that the network sees. Pillow's antialiased resampling with its integer arithmetic (22-bit weights,
 * u8 between the passes: Resample.c), fused with the flip and the division by 255: bit for bit what torchvision's
 * transforms and ToTensor give for the same pixels. Step 6 of the data's path.
 */
import { engine, type Tensor4D } from '@tensorflow/tfjs-core';
import type { LoadedView } from '../../augment/view';
import type { StudioBackend } from '../../gpu/backend';
import type { ComputeProgram } from '../../gpu/recorder';
import { gridOf, words } from '../launch';
import { photoPixels } from '../photoPixels/photoPixels';
import { expand } from '../template';
import horizontalSource from './horizontal.wgsl?raw';
import verticalSource from './vertical.wgsl?raw';

/** Words of a view's header: pixels at, width, height, x taps, x table at, y taps, y table at, rows at, flip. */
const HEADER_WORDS = 9;

const HORIZONTAL: ComputeProgram = {
  key: 'resample/horizontal',
  code: expand(horizontalSource, { HEADER_WORDS }),
  access: ['read', 'read', 'read', 'write'],
};
const VERTICAL: ComputeProgram = {
  key: 'resample/vertical',
  code: expand(verticalSource, { HEADER_WORDS }),
  access: ['read', 'read', 'read', 'write'],
};

/** `views`, all of one size S → images [N, S, S, 3] in [0, 1]. The caller's scope owns the result. */
export function resample(backend: StudioBackend, views: readonly LoadedView[]): Tensor4D {
  const size = views[0]!.view.size;
  const { pixels, starts } = photoPixels(backend, views);
  const packed = pack(views, size, starts);
  const headers = backend.upload(packed.headers);
  const tables = backend.upload(packed.tables);
  const rows = backend.allocate([roomFor(packed.rowWords)], 'int32');
  const images = backend.allocate([views.length, size, size, 3]);
  const across = gridOf(Math.ceil((packed.maxHeight * size) / 64), views.length);
  backend.dispatch({
    program: HORIZONTAL,
    tensors: [headers, tables, pixels, rows],
    uniforms: words(size, across.gridX),
    workgroups: across.workgroups,
    flops: 0,
  });
  const down = gridOf(Math.ceil((size * size) / 64), views.length);
  backend.dispatch({
    program: VERTICAL,
    tensors: [headers, tables, rows, images],
    uniforms: words(size, down.gridX),
    workgroups: down.workgroups,
    flops: 0,
  });
  for (const { dataId } of [headers, tables, pixels, rows]) backend.disposeData(dataId);
  return engine().makeTensorFromTensorInfo(images) as Tensor4D;
}

function pack(views: readonly LoadedView[], size: number, starts: readonly number[]) {
  let tableWords = 0;
  let rowWords = 0;
  let maxHeight = 1;
  for (const { view } of views) {
    tableWords += size * (2 + view.horizontal.taps + view.vertical.taps);
    rowWords += size * view.region.height;
    maxHeight = Math.max(maxHeight, view.region.height);
  }
  const headers = new Uint32Array(roomFor(views.length * HEADER_WORDS));
  const tables = new Int32Array(roomFor(tableWords));
  let [tableAt, rowAt] = [0, 0];
  views.forEach(({ view }, i) => {
    const { width, height } = view.region;
    const verticalAt = tableAt + size * (1 + view.horizontal.taps);
    const { taps: acrossTaps } = view.horizontal;
    const header = [
      starts[i]!,
      width,
      height,
      acrossTaps,
      tableAt,
      view.vertical.taps,
      verticalAt,
      rowAt,
      Number(view.flip),
    ];
    headers.set(header, i * HEADER_WORDS);
    tables.set(view.horizontal.starts, tableAt);
    tables.set(view.horizontal.weights, tableAt + size);
    tables.set(view.vertical.starts, verticalAt);
    tables.set(view.vertical.weights, verticalAt + size);
    tableAt = verticalAt + size * (1 + view.vertical.taps);
    rowAt += size * height;
  });
  return { headers, tables, rowWords, maxHeight };
}

/** Rounded up to a power of two: crops differ from batch to batch, and a buffer a size would never be used again. */
function roomFor(count: number): number {
  return 2 ** Math.ceil(Math.log2(Math.max(count, 64)));
}
