/** What an export says of itself, and everything in one archive; without a GPU, so nothing is proven. */
import { createHash } from 'node:crypto';
import { expect, test } from 'vitest';
import { parseStudioConfig } from '../engine/experiments/meta';
import { readZip } from '../engine/io/zip';
import { weightsToSafetensors } from '../engine/train/checkpoint';
import type { TestView, WeightsOrigin } from '../protocol/weights';
import { CLASSES, exportedModel as network, NORMALIZED } from '../testing/exported';
import { type Checkpoint, pixelsOf } from './checkpoint';
import { ONNX_DEFAULTS } from '../engine/exports/meta';
import { exportedModel, exportModel } from './modelExport';

const config = { ...parseStudioConfig({}), trainSize: 48, respectExif: false };
const view: TestView = {
  resize: 80,
  crop: 64,
  filter: 'bicubic',
  normalize: true,
  squish: true,
  respectExif: true,
  cacheSide: 0,
};
const link: WeightsOrigin = {
  run: 'baseline',
  name: 'baseline, epoch 3',
  madeAt: '',
  config,
  data: { name: 'leaves', classes: CLASSES, trainCount: 20, validationCount: 10 },
  view,
  score: { loss: 1, accuracy: 0.5, correct: 5, count: 10 },
};
const { arch, classes, state } = network('resnet18');
const checkpoint: Checkpoint = { arch, classes, state, history: [link], evaluation: null };

test('an export has the view, the size trained at, the score, and whose weights they are', async () => {
  const model = exportedModel(checkpoint, {});
  expect(model).toMatchObject({
    view: { kind: 'eval', resize: 80, crop: 64, filter: 'bicubic', normalize: true, squish: true },
    trainSize: 48,
    measured: [{ resize: 80, crop: 64, accuracy: 0.5, count: 10 }],
    metadata: { origin: 'baseline, epoch 3', dataset: 'leaves' },
  });
  // The hash is that of the tensors' bytes as safetensors holds them.
  const file = Buffer.from(await weightsToSafetensors(checkpoint, {}).arrayBuffer());
  const data = file.subarray(8 + Number(file.readBigUInt64LE(0)));
  expect(model.metadata['weights_sha256']).toBe(createHash('sha256').update(data).digest('hex'));
  expect(pixelsOf(checkpoint)).toMatchObject({ respectExif: true, trainSize: 48 });
});

test('weights that nobody has measured are not exported', () => {
  const opened = { ...link, run: 'import', config: null, data: null, view: null, score: null } as const;
  expect(() => exportedModel({ ...checkpoint, history: [opened] }, {})).toThrow('It is not known how these weights');
});

test('everything is one archive, a folder a format, with what lies beside', async () => {
  const model = network('tiny18', { view: { ...NORMALIZED, resize: 0 } });
  const { blob, fileName, proofs, refused } = await exportModel({
    format: 'everything',
    onnx: ONNX_DEFAULTS,
    model,
    pageProgram: () => Promise.resolve('/* a program */'),
    proof: null,
    beside: () => [{ path: 'metrics.csv', blob: new Blob(['step\n']) }],
    onProof: () => expect.fail('nothing is proven'),
  });
  expect([fileName, proofs]).toEqual(['fixres-studio.zip', []]);
  // This view crops photos as they are, which timm cannot say.
  expect(refused.map(({ format }) => format)).toEqual(['timm']);
  const paths = [...(await readZip(blob)).keys()];
  expect(paths).toEqual(
    expect.arrayContaining([
      'pth/model.pth',
      'onnx/model.onnx',
      'transformers/onnx/model.onnx',
      'tfjs/model.json',
      'page/classifier.html',
      'page/site/index.html',
      'metrics.csv',
    ]),
  );
  expect(paths.filter((path) => path.startsWith('timm/'))).toEqual([]);
});
