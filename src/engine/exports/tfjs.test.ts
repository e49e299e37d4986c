/** TensorFlow.js models in stock TensorFlow.js; the logits beside PyTorch's. */
import { runInNewContext } from 'node:vm';
import { setBackend } from '@tensorflow/tfjs';
import { beforeAll, expect, test } from 'vitest';
import { openTfjs } from '../../hosts/browser/runtimes/tfjs';
import { byPath, CLASSES, exportedModel, largestDifference, NORMALIZED } from '../../testing/exported';
import golden from '../../testing/golden/golden.json';
import { images } from '../../testing/golden/values';
import { softmax } from '../analysis/score';
import type { EvalView } from '../photo/view';
import { tfjs } from './tfjs';

beforeAll(() => setBackend('cpu'));

const g = golden.evaluation.find(({ arch }) => arch === 'resnet18')!;
const photos = images(g.input, g.batch, g.size);

test('normalisation is part of the model, and Teachable Machine’s twin gives probabilities of its own range', async () => {
  const files = byPath(tfjs(exportedModel('tiny18', { view: NORMALIZED })));
  const [plain, teachable] = [await openTfjs(files), await openTfjs(files, 'teachable-machine.json')];
  const one = photos.slice(0, 40 * 32 * 3);
  const logits = await plain.run(one, [1, 40, 32]);
  const probabilities = await teachable.run(
    one.map((value) => (value * 255) / 127 - 1),
    [1, 40, 32],
  );
  expect(largestDifference(probabilities, softmax(logits))).toBeLessThan(1e-6);
  const calibrated = byPath(tfjs(exportedModel('tiny18', { view: NORMALIZED, temperature: 0.1 })));
  const sure = await (
    await openTfjs(calibrated, 'teachable-machine.json')
  ).run(
    one.map((value) => (value * 255) / 127 - 1),
    [1, 40, 32],
  );
  expect(largestDifference(sure, softmax(logits, 0.1))).toBeLessThan(1e-6);
  // PyTorch's networks would have seen other numbers.
  const raw = await openTfjs(byPath(tfjs(exportedModel('tiny18'))));
  expect(largestDifference(logits, await raw.run(one, [1, 40, 32]))).toBeGreaterThan(1e-3);
});

test('the files are what the loaders ask for: shards of 4 MiB, labels, Teachable Machine’s metadata', async () => {
  const files = byPath(tfjs(exportedModel('resnet18-fastai', { view: NORMALIZED })));
  expect(JSON.parse(await files.get('labels.json')!.text())).toEqual(CLASSES);
  expect(JSON.parse(await files.get('metadata.json')!.text())).toMatchObject({
    tfjsVersion: '4.22.0',
    labels: CLASSES,
    imageSize: 64,
    userMetadata: { license: 'apache-2.0', arch: 'resnet18-fastai' },
  });
  const { weightsManifest } = JSON.parse(await files.get('model.json')!.text()) as {
    weightsManifest: { paths: string[] }[];
  };
  const sizes = weightsManifest.flatMap(({ paths }) => paths.map((path) => files.get(path)!.size));
  expect(Math.max(...sizes)).toBe(4 * 2 ** 20);
  // 11,706,432 parameters, the running statistics of 22 norms, and three channels' mean and variance.
  const norms = 2 * (4800 + 1024 + 512);
  expect(sizes.reduce((a, b) => a + b, 0)).toBe(4 * (11_706_432 + norms + 6));
});

test('its code makes of any image what it was tested with, however large that is', async () => {
  const codeOf = async (view: Partial<EvalView>) => {
    const files = byPath(tfjs(exportedModel('tiny18', { view: { kind: 'eval', resize: 80, crop: 64, ...view } })));
    return /createImageBitmap\(photo\);([^]*)const pixels/.exec(await files.get('README.md')!.text())![1]!;
  };
  /** Where a photo of 800 x 600 px is drawn on the square. */
  const drawn = (code: string) => {
    const boxes: number[][] = [];
    const canvas = { getContext: () => ({ drawImage: (_: unknown, ...box: number[]) => boxes.push(box) }) };
    const image = { width: 800, height: 600 };
    runInNewContext(code, { document: { createElement: () => canvas }, image });
    return boxes[0]!.map((value) => Math.round(10 * value) / 10);
  };
  expect(drawn(await codeOf({}))).toEqual([-21.3, -8, 106.7, 80]);
  expect(drawn(await codeOf({ squish: true }))).toEqual([-8, -8, 80, 80]);
  expect(drawn(await codeOf({ resize: 0 }))).toEqual([-368, -268, 800, 600]);
});
