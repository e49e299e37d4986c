/** ONNX files in ONNX's own checker. Skipped by name without Python's onnx. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect, test } from 'vitest';
import { CLASSES, exportedModel, NORMALIZED } from '../../testing/exported';
import { python, pythonHas } from '../../testing/python';
import { ONNX_DEFAULTS } from './meta';
import { toOnnx } from './onnx';

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
        exifOrientation: 'ignored',
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
