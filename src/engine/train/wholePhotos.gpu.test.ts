/** Photos that are not square, whole: Pillow's pixels to the bit, PyTorch's logits, and shapes that are mixed in a batch. */
import { createHash } from 'node:crypto';
import { expect, test } from 'vitest';
import { nodeBackend } from '../../hosts/node/gpu';
import { releaseAll, withoutLeaks } from '../../testing/gpuTensors';
import { CLASSES, goldenNetwork } from '../../testing/golden/step';
import { picture } from '../../testing/golden/values';
import golden from '../../testing/golden/wholePhotos.json' with { type: 'json' };
import { cut } from '../../testing/patterns';
import { resizeView } from '../photo/cpuResize';
import { makeView } from '../photo/makeView';
import type { EvalView, LoadedView, PhotoLoader } from '../photo/view';

const backend = await nodeBackend();
const { resample } = await import('../kernels/resample/resample');
const { predict } = await import('../models/passes');
const { releaseState } = await import('../nn/state');
const { predictPhotos } = await import('./predictPhotos');

type Photo = (typeof golden.photos)[number];

const viewOf = ({ resize }: Pick<Photo, 'resize'>): EvalView => ({ kind: 'eval', resize, crop: resize, whole: true });
function load({ picture: name, width, height }: Photo, spec: EvalView): LoadedView {
  const view = makeView(spec, width, height, null);
  const pixels = cut(picture(name, width, height), width, view.region);
  return { view, photoWidth: width, photoHeight: height, pixels };
}

test.each(golden.photos)(
  '$picture, $width x $height: the pixels of Resize($resize), and a ResNet-18’s logits',
  async (g) => {
    const loaded = load(g, viewOf(g));
    const network = goldenNetwork(backend, 'resnet18');
    await withoutLeaks(backend, async () => {
      // By the GPU, and by a decoder.
      for (const one of [loaded, resizeView(loaded)]) {
        const images = resample(backend, [one]);
        expect(images.shape).toEqual([1, g.outHeight, g.outWidth, 3]);
        const bytes = Uint8Array.from(await backend.download(images), (value) => Math.round(value * 255));
        expect(createHash('sha256').update(bytes).digest('hex')).toBe(g.sha256);
        const { logits, pooled } = predict(backend, network, images);
        const said = await backend.download(logits);
        g.logits.forEach((logit, k) => expect(Math.abs(said[k]! - logit)).toBeLessThan(Math.max(10 * g.noise, 1e-5)));
        releaseAll(backend, [images, logits, pooled]);
      }
    });
    releaseState(backend, network.state);
  },
);

test('photos of several shapes in a batch are answered in their order', async () => {
  const spec = viewOf({ resize: 64 });
  const order = [golden.photos[0]!, golden.photos[0]!, golden.photos[1]!, golden.photos[0]!];
  const loader: PhotoLoader = { load: (path) => Promise.resolve(load(order[Number(path)]!, spec)) };
  const network = goldenNetwork(backend, 'resnet18');
  const context = {
    backend,
    loader,
    signal: new AbortController().signal,
    memoryBytes: 2e9,
    featureBytes: 0,
    precision: 'float32' as const,
    tuneSeconds: 0,
    now: () => 0,
    onUnreadable: (path: string) => expect.fail(path),
  };
  const samples = order.map((_, i) => ({ path: String(i), imageId: String(i), label: 0 }));
  const records = predictPhotos(context, { network, samples, batchSize: 4, view: spec, epoch: 0 });
  let step = await records.next();
  while (!step.done) step = await records.next();
  const { indices, logits } = step.value;
  expect([...indices]).toEqual([0, 1, 2, 3]);
  order.forEach(({ logits: expected, noise }, i) =>
    expected.forEach((logit, k) =>
      expect(Math.abs(logits[i * CLASSES.length + k]! - logit)).toBeLessThan(Math.max(10 * noise, 1e-5)),
    ),
  );
  releaseState(backend, network.state);
});
