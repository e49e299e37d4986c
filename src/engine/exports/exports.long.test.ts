/** Whole networks' files in the programs that they are for; the logits beside PyTorch's. */
import { setBackend } from '@tensorflow/tfjs';
import { expect, test } from 'vitest';
import { openOnnx } from '../../hosts/browser/runtimes/onnx';
import { openTfjs } from '../../hosts/browser/runtimes/tfjs';
import { byPath, exportedModel, largestDifference } from '../../testing/exported';
import golden from '../../testing/golden/golden.json';
import resnext from '../../testing/golden/resnext.json';
import { images } from '../../testing/golden/values';
import type { Architecture } from '../models/meta';
import { ONNX_DEFAULTS } from './meta';
import { toOnnx } from './onnx';
import { tfjs } from './tfjs';

const [small, large] = golden.evaluation.filter(({ arch }) => arch === 'resnet18');
const bottleneck = golden.evaluation.find(({ arch }) => arch === 'resnet50');

test.each([
  { ...small!, norms: 'kept' },
  { ...large!, norms: 'folded' },
  { ...bottleneck!, norms: 'kept' },
  { ...resnext.evaluation[0]!, norms: 'folded' },
] as const)(
  'ONNX: $arch with its norms $norms says of photos of $size px what PyTorch says',
  async ({ norms, ...g }) => {
    const file = toOnnx(exportedModel(g.arch as Architecture), { ...ONNX_DEFAULTS, norms });
    const network = await openOnnx(new Map([['model.onnx', file]]));
    const values = await network.run(images(g.input, g.batch, g.size), [g.batch, g.size, g.size]);
    await network.close();
    expect(largestDifference(values, g.logits.flat())).toBeLessThan(1e-5);
    const nodes =
      Buffer.from(await file.arrayBuffer())
        .toString('latin1')
        .split('BatchNormalization').length - 1;
    expect(nodes).toBe(norms === 'folded' ? 0 : { resnet18: 20, resnet50: 53 }[g.arch]);
  },
);

test('TensorFlow.js: a layers model says of photos what PyTorch says', async () => {
  await setBackend('cpu');
  const network = await openTfjs(byPath(tfjs(exportedModel('resnet18'))));
  expect(
    largestDifference(
      await network.run(images(small!.input, small!.batch, small!.size), [small!.batch, small!.size, small!.size]),
      small!.logits.flat(),
    ),
  ).toBeLessThan(1e-5);
  await network.close();
});

test('TensorFlow.js: a ResNeXt-50’s groups are layers beside one another, and little larger', () => {
  const files = byPath(tfjs(exportedModel('resnext50_32x4d')));
  const weights = [...files].filter(([path]) => path.startsWith('group1')).reduce((sum, [, { size }]) => sum + size, 0);
  // 22,990,149 parameters, and running statistics of 34,112 channels; the rest are zeros between narrow groups.
  expect(weights / (4 * (22_990_149 + 2 * 34_112))).toBeLessThan(1.04);
});
