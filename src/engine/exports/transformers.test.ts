/** transformers.js' folder: what its processor is told, and the graph behind it. */
import { expect, test } from 'vitest';
import { openOnnx, openTransformers } from '../../hosts/browser/runtimes/onnx';
import { byPath, CLASSES, exportedModel, largestDifference, NORMALIZED } from '../../testing/exported';
import { images } from '../../testing/golden/values';
import { EXPORTERS } from './registry';

test('processor and graph together say what the graph that normalises says', async () => {
  const model = exportedModel('tiny18-fastai', { view: NORMALIZED });
  const files = byPath(EXPORTERS.transformers(model));
  expect(JSON.parse(await files.get('config.json')!.text())).toMatchObject({
    model_type: 'resnet',
    id2label: Object.fromEntries(CLASSES.map((name, i) => [i, name])),
  });
  expect(JSON.parse(await files.get('preprocessor_config.json')!.text())).toMatchObject({
    do_resize: true,
    size: { shortest_edge: 80 },
    crop_size: { height: 64, width: 64 },
    do_normalize: true,
    resample: 2,
  });
  const photos = images('transformers', 2, 40);
  const [folder, alone] = [await openTransformers(files), await openOnnx(byPath(EXPORTERS.onnx(model)))];
  const [ours, other] = [await folder.run(photos, [2, 40, 40]), await alone.run(photos, [2, 40, 40])];
  expect(largestDifference(ours, other)).toBeLessThan(1e-5);
});
