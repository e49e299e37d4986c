/** ONNX files in onnxruntime; whole networks' logits beside PyTorch's are in `exports.long.test.ts`. */
import { expect, test } from 'vitest';
import { exportedModel, largestDifference, NORMALIZED } from '../../testing/exported';
import { images } from '../../testing/golden/values';
import { openOnnx } from '../../hosts/browser/runtimes/onnx';
import type { ImageShape } from '../../session/host';
import { probabilitiesOf } from '../analysis/score';
import { normalizationOf } from './model';
import { ONNX_DEFAULTS } from './meta';
import { toOnnx } from './onnx';

async function run(file: Blob, photos: Float32Array<ArrayBuffer>, shape: ImageShape): Promise<Float32Array> {
  const network = await openOnnx(new Map([['model.onnx', file]]));
  try {
    return await network.run(photos, shape);
  } finally {
    await network.close();
  }
}

test('a graph that normalises says of photos what one says of normalised photos, as probabilities too', async () => {
  const model = exportedModel('tiny18', { view: NORMALIZED });
  const shape = [3, 40, 56] as const;
  const photos = images('normalised', 3, 56).slice(0, 3 * 40 * 56 * 3);
  const { mean, std } = normalizationOf(model.view);
  const normalised = photos.map((value, i) => (value - mean[i % 3]!) / std[i % 3]!);
  const inside = await run(toOnnx(model, ONNX_DEFAULTS), photos, shape);
  const outside = await run(toOnnx(model, { ...ONNX_DEFAULTS, normalization: 'outside' }), normalised, shape);
  const raw = await run(toOnnx(exportedModel('tiny18'), ONNX_DEFAULTS), photos, shape);
  expect(largestDifference(inside, outside)).toBeLessThan(1e-6);
  expect(largestDifference(inside, raw)).toBeGreaterThan(1e-3);

  const values = await run(toOnnx(model, { ...ONNX_DEFAULTS, output: 'probabilities' }), photos, shape);
  expect(largestDifference(values, probabilitiesOf(inside, 5, 1))).toBeLessThan(1e-6);
  const calibrated = { ...model, temperature: 0.1 };
  const sure = await run(toOnnx(calibrated, { ...ONNX_DEFAULTS, output: 'probabilities' }), photos, shape);
  expect(largestDifference(sure, probabilitiesOf(inside, 5, 0.1))).toBeLessThan(1e-6);
  expect(largestDifference(sure, values)).toBeGreaterThan(0.01);
});
