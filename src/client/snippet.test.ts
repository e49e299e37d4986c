import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { PRESET_CONFIGS } from '../engine/experiments/meta';
import { stateSpecs } from '../engine/models/registry';
import { initialHostState } from '../engine/nn/state';
import { weightsToSafetensors } from '../engine/train/checkpoint';
import type { TestView, WeightsOrigin } from '../protocol/weights';
import made from '../testing/photos/photos.json' with { type: 'json' };
import { pythonHas, pythonPrograms } from '../testing/python';
import { runResult, scoreOf, weightsInfo } from '../testing/runs';
import { snippetOf } from './snippet';
import { initialState, type StudioState } from './state';

const BLOG: TestView = {
  resize: 0,
  crop: 224,
  filter: 'bilinear',
  normalize: false,
  squish: false,
  respectExif: false,
  cacheSide: 0,
};
const link = (run: WeightsOrigin['run'], view: TestView | null): WeightsOrigin => ({
  run,
  name: `${run}, epoch 1`,
  madeAt: '',
  config: null,
  data: null,
  view,
  score: null,
});
const CLASSES = ['Brown "Streak"', 'Healthy'];
const holding = (history: WeightsOrigin[], patch: Partial<StudioState> = {}): StudioState => ({
  ...initialState(),
  weights: weightsInfo({ classes: CLASSES, history, view: history.at(-1)?.view ?? null }),
  ...patch,
});

test('without weights there is nothing to say', () => {
  expect(snippetOf(initialState())).toBe('');
});

test('class names, network and the weights’ own view are in it, whatever the settings say now', () => {
  const config = { ...PRESET_CONFIGS.blog, evalResize: 64, squish: true, respectExif: true };
  const view: TestView = { ...BLOG, resize: 256, normalize: true };
  const code = snippetOf(holding([link('baseline', view)], { config }));
  expect(code).toContain('from torchvision.models import resnet18');
  expect(code).toContain(String.raw`    "Brown \"Streak\"",`);
  expect(code).toContain('T.Resize(256),\n    T.CenterCrop(224),\n    T.ToTensor(),\n    T.Normalize(');
  expect(code).not.toContain('exif');
});

test('each of two networks is tested in its own view', () => {
  const history = [link('baseline', BLOG), link('finetune', { ...BLOG, resize: 480, crop: 384 })];
  const tuned = holding(history, { weightsSlot: 'finetune' });
  expect(snippetOf(tuned)).toContain('T.Resize(480),\n    T.CenterCrop(384),\n    T.ToTensor(),\n])');
  expect(snippetOf({ ...tuned, exportSlot: 'baseline' })).toContain(
    'view = T.Compose([\n    T.CenterCrop(224),\n    T.ToTensor(),\n])',
  );
  // The worse one of the two, which no history tells of.
  const epochs = [{ step: 1, record: { ...EPOCH, best: true } }];
  const finetune = runResult('finetune', { size: 384, epochs });
  const worse = holding([link('baseline', BLOG)], { weightsSlot: 'baseline', exportSlot: 'finetune', finetune });
  expect(snippetOf(worse)).toContain('T.Resize(480),\n    T.CenterCrop(384)');
});

const EPOCH = { epoch: 1, train: scoreOf(1, 2), validation: scoreOf(1, 2), best: true, seconds: 1, imagesPerSecond: 1 };

test('where nobody has said how weights are tested it says so', () => {
  const config = { ...PRESET_CONFIGS.blog, evalResize: 256 };
  const code = snippetOf(holding([link('import', null)], { config }));
  expect(code).toMatch(/# Nobody has said how .*\nview = T.Compose\(\[\n {4}T\.Resize\(256\)/);
});

const hasTorch = pythonHas('torch', 'torchvision', 'PIL');
const folder = mkdtempSync(path.join(tmpdir(), 'fixres-use-'));
afterAll(() => rmSync(folder, { recursive: true }));

/** Debian has no safetensors: its one function, by the reader that verifies weights. */
const SAFETENSORS = `import sys
sys.path.insert(0, ${JSON.stringify(path.resolve('src/cli'))})
from verify_weights import read_safetensors
load_file = lambda path: read_safetensors(path)[0]
`;
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
    mkdirSync(path.join(folder, 'safetensors'), { recursive: true });
    writeFileSync(path.join(folder, 'safetensors', 'torch.py'), SAFETENSORS);
    const turned = made.photos.find(({ name }) => name.startsWith('exif_6'))!;
    writeFileSync(path.join(folder, 'photo.jpg'), Buffer.from(turned.file, 'base64'));
    const view: TestView = { ...BLOG, resize: 40, crop: 32, filter: 'bicubic', normalize: true, respectExif: true };
    const views = [{ ...BLOG, crop: 64 }, view, { ...view, squish: true }];
    const programs = views.map((tested) => snippetOf(holding([link('baseline', tested)])) + again(tested));
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
