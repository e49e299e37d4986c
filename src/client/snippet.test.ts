import { expect, test } from 'vitest';
import { PRESET_CONFIGS } from '../engine/experiments/meta';
import type { TestView, WeightsOrigin } from '../protocol/weights';
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
