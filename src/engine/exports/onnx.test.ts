/** ONNX files in onnxruntime and in ONNX's own checker; the logits beside PyTorch's. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect, test } from 'vitest';
import golden from '../../testing/golden/golden.json';
import { goldenState } from '../../testing/golden/network';
import { images } from '../../testing/golden/values';
import { runOnnx } from '../../testing/onnx';
import { python, pythonHas } from '../../testing/python';
import { softmax } from '../analysis/score';
import type { Architecture } from '../models/meta';
import { stateSpecs } from '../models/resnet';
import type { HostState } from '../nn/state';
import { type ExportedModel, normalizationOf } from './model';
import { type OnnxOptions, toOnnx } from './onnx';

const CLASSES = ['a', 'b', 'c', 'd', 'e'];
const OPTIONS: OnnxOptions = { normalization: 'inside', norms: 'kept', output: 'logits' };

const states = new Map<Architecture, HostState>();
function stateOf(arch: Architecture): HostState {
  const state = states.get(arch) ?? goldenState(stateSpecs(arch, CLASSES.length));
  states.set(arch, state);
  return state;
}

const modelOf = (arch: Architecture, normalize = false): ExportedModel => ({
  arch,
  classes: CLASSES,
  state: stateOf(arch),
  view: { kind: 'eval', resize: 80, crop: 64, normalize },
  metadata: { origin: 'a test', license: 'apache-2.0' },
});

const largest = (a: ArrayLike<number>, b: ArrayLike<number>) =>
  Array.from(a).reduce((worst, value, i) => Math.max(worst, Math.abs(value - b[i]!)), 0);

test.each(['resnet18', 'resnet50'] as const)(
  '%s says of photos what PyTorch says, norms kept or folded',
  async (arch) => {
    const model = modelOf(arch);
    const [first, second] = golden.evaluation.filter((g) => g.arch === arch);
    const files = {
      kept: toOnnx(model, OPTIONS),
      folded: toOnnx(model, { ...OPTIONS, norms: 'folded' }),
    };
    for (const [norms, g] of [
      ['kept', first!],
      ['kept', second!],
      ['folded', second!],
    ] as const) {
      const { name, values } = await runOnnx(files[norms], images(g.input, g.batch, g.size), [g.batch, g.size, g.size]);
      expect(name).toBe('logits');
      expect(largest(values, g.logits.flat()), `${norms}, ${g.size} px`).toBeLessThan(1e-5);
    }
    const nodes = await Promise.all(
      Object.values(files).map(async (file) => (await file.text()).split('BatchNormalization').length - 1),
    );
    expect(nodes).toEqual([arch === 'resnet18' ? 20 : 53, 0]);
  },
);

test('a graph that normalises says of photos what one says of normalised photos, as probabilities too', async () => {
  const model = modelOf('resnet18', true);
  const shape = [3, 40, 56] as const;
  const photos = images('normalised', 3, 56).slice(0, 3 * 40 * 56 * 3);
  const { mean, std } = normalizationOf(model.view);
  const normalised = photos.map((value, i) => (value - mean[i % 3]!) / std[i % 3]!);
  const inside = await runOnnx(toOnnx(model, OPTIONS), photos, shape);
  const outside = await runOnnx(toOnnx(model, { ...OPTIONS, normalization: 'outside' }), normalised, shape);
  const raw = await runOnnx(toOnnx(modelOf('resnet18'), OPTIONS), photos, shape);
  expect(largest(inside.values, outside.values)).toBeLessThan(1e-6);
  expect(largest(inside.values, raw.values)).toBeGreaterThan(1e-3);

  const { name, values } = await runOnnx(toOnnx(model, { ...OPTIONS, output: 'probabilities' }), photos, shape);
  expect(name).toBe('probabilities');
  const expected = [0, 1, 2].flatMap((row) => [...softmax(inside.values.subarray(5 * row, 5 * row + 5))]);
  expect(largest(values, expected)).toBeLessThan(1e-6);
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
        (['resnet18', 'resnet18-fastai'] as const).map(async (arch) => {
          const at = path.join(folder, `${arch}.onnx`);
          writeFileSync(at, Buffer.from(await toOnnx(modelOf(arch, true), OPTIONS).arrayBuffer()));
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
