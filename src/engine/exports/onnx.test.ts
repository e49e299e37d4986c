/** ONNX files in onnxruntime and in ONNX's own checker; the logits beside PyTorch's. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect, test } from 'vitest';
import { CLASSES, exportedModel, largestDifference, NORMALIZED } from '../../testing/exported';
import golden from '../../testing/golden/golden.json';
import resnext from '../../testing/golden/resnext.json';
import { images } from '../../testing/golden/values';
import { openOnnx } from '../../hosts/browser/runtimes/onnx';
import type { ImageShape } from '../../session/host';
import { python, pythonHas } from '../../testing/python';
import { probabilitiesOf } from '../analysis/score';
import type { Architecture } from '../models/meta';
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

const [small, large] = golden.evaluation.filter(({ arch }) => arch === 'resnet18');
const bottleneck = golden.evaluation.find(({ arch }) => arch === 'resnet50');

test.each([
  { ...small!, norms: 'kept' },
  { ...large!, norms: 'folded' },
  { ...bottleneck!, norms: 'kept' },
  { ...resnext.evaluation[0]!, norms: 'folded' },
] as const)('$arch with its norms $norms says of photos of $size px what PyTorch says', async ({ norms, ...g }) => {
  const file = toOnnx(exportedModel(g.arch as Architecture), { ...ONNX_DEFAULTS, norms });
  const values = await run(file, images(g.input, g.batch, g.size), [g.batch, g.size, g.size]);
  expect(largestDifference(values, g.logits.flat())).toBeLessThan(1e-5);
  const nodes =
    Buffer.from(await file.arrayBuffer())
      .toString('latin1')
      .split('BatchNormalization').length - 1;
  expect(nodes).toBe(norms === 'folded' ? 0 : { resnet18: 20, resnet50: 53 }[g.arch]);
});

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

const CHECK = `
import json, sys, onnx
model = onnx.load(sys.argv[1])
onnx.checker.check_model(model, full_check=True)
shape = lambda value: [d.dim_param or d.dim_value for d in value.type.tensor_type.shape.dim]
print(json.dumps({
    "ir": model.ir_version,
    "opset": model.opset_import[0].version,
    "input": {v.name: shape(v) for v in model.graph.input},
    "output": {v.name: shape(v) for v in model.graph.output},
    "metadata": {p.key: p.value for p in model.metadata_props},
    "operations": sorted({n.op_type for n in model.graph.node}),
}))`;

test.skipIf(!pythonHas('onnx'))(
  'ONNX’s own checker accepts the files and finds labels, view and licence in them',
  async () => {
    const folder = mkdtempSync(path.join(tmpdir(), 'onnx-'));
    try {
      const checked = await Promise.all(
        (['tiny18', 'tiny18-fastai'] as const).map(async (arch) => {
          const at = path.join(folder, `${arch}.onnx`);
          writeFileSync(
            at,
            Buffer.from(await toOnnx(exportedModel(arch, { view: NORMALIZED }), ONNX_DEFAULTS).arrayBuffer()),
          );
          return python(CHECK, at) as Record<string, unknown>;
        }),
      );
      for (const one of checked) {
        expect(one).toMatchObject({
          ir: 8,
          opset: 17,
          input: { pixel_values: ['batch', 3, 'height', 'width'] },
          output: { logits: ['batch', 5] },
          metadata: { classes: JSON.stringify(CLASSES), license: 'apache-2.0', normalization: 'inside the graph' },
        });
      }
      const { preprocessing = '' } = checked[0]!['metadata'] as Record<string, string>;
      expect(JSON.parse(preprocessing)).toEqual({
        resize: { size: 80, of: 'the shorter side', filter: 'bilinear' },
        centerCrop: 64,
        colors: 'RGB',
        range: [0, 1],
        mean: [0.485, 0.456, 0.406],
        std: [0.229, 0.224, 0.225],
      });
      expect(checked[1]!['operations']).toContain('GlobalMaxPool');
    } finally {
      rmSync(folder, { recursive: true });
    }
  },
);
