import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { stateSpecs } from '../engine/models/registry';
import { initialHostState } from '../engine/nn/state';
import { weightsToSafetensors } from '../engine/train/checkpoint';
import type { TestView } from '../protocol/weights';
import made from '../testing/photos/photos.json' with { type: 'json' };
import { addSafetensors, pythonHas, pythonPrograms } from '../testing/python';
import { weightsInfo } from '../testing/runs';
import { snippetOf } from './snippet';
import { initialState, type StudioState } from './state';

const hasTorch = pythonHas('torch', 'torchvision', 'PIL');
const folder = mkdtempSync(path.join(tmpdir(), 'fixres-use-'));
afterAll(() => rmSync(folder, { recursive: true }));

const BLOG: TestView = {
  resize: 0,
  crop: 64,
  filter: 'bilinear',
  normalize: false,
  squish: false,
  respectExif: false,
  cacheSide: 0,
};
const OWN: TestView = { ...BLOG, resize: 40, crop: 32, filter: 'bicubic', normalize: true, respectExif: true };
const CLASSES = ['Brown "Streak"', 'Healthy'];
const testedIn = (view: TestView): StudioState => ({
  ...initialState(),
  weights: weightsInfo({
    classes: CLASSES,
    view,
    history: [{ run: 'baseline', name: 'baseline, epoch 1', madeAt: '', config: null, data: null, view, score: null }],
  }),
});

/** The same by the script that verifies weights, which makes its views by itself. */
const again = (view: TestView) => `
from verify_weights import load_model, photo_view
other = load_model("resnet18", 2, "weights.safetensors")
seen = photo_view({${Object.entries(view)
  .map(([key, value]) => `"${key}": ${typeof value === 'boolean' ? (value ? 'True' : 'False') : JSON.stringify(value)}`)
  .join(', ')}})(Image.open("photo.jpg"))
with torch.no_grad():
    print(float((other(seen[None]).softmax(1)[0] - shares).abs().max()))
`;

test.skipIf(!hasTorch)(
  'it runs as it stands, and sees what the studio’s verifier sees (needs PyTorch at /usr/bin/python3)',
  async () => {
    const state = initialHostState(stateSpecs('resnet18', 2), 7);
    const file = weightsToSafetensors({ arch: 'resnet18', classes: CLASSES, state }, {});
    writeFileSync(path.join(folder, 'weights.safetensors'), Buffer.from(await file.arrayBuffer()));
    addSafetensors(folder);
    const turned = made.photos.find(({ name }) => name.startsWith('exif_6'))!;
    writeFileSync(path.join(folder, 'photo.jpg'), Buffer.from(turned.file, 'base64'));
    const views = [BLOG, OWN, { ...OWN, squish: true }];
    const programs = views.map((tested) => snippetOf(testedIn(tested)) + again(tested));
    const all = pythonPrograms(folder, programs);
    expect(all).toHaveLength(views.length);
    for (const said of all) {
      const lines = said.trimEnd().split('\n');
      expect(lines.slice(0, 2).join('\n')).toMatch(/^ *\d+\.\d%  .*\n *\d+\.\d%  .*$/);
      expect(lines.slice(0, 2).join()).toContain('Brown "Streak"');
      expect(Number(lines[2])).toBeLessThan(1e-6);
    }
  },
  60_000,
);
