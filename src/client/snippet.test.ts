import { expect, test } from 'vitest';
import { PRESET_CONFIGS } from '../engine/experiments/meta';
import { weightsInfo } from '../testing/runs';
import { snippetOf } from './snippet';
import { initialState, type StudioState, type TrainingResult } from './state';

const weights = weightsInfo({ classes: ['Brown "Streak"', 'Healthy'] });
const state = (patch: Partial<StudioState>): StudioState => ({ ...initialState(), weights, ...patch });

test('without weights there is nothing to say', () => {
  expect(snippetOf(initialState())).toBe('');
});

test('class names, network and the baseline’s own view are in it', () => {
  const config = { ...PRESET_CONFIGS.blog, evalResize: 256, evalCrop: 224, normalize: true };
  const code = snippetOf(state({ baseline: { config } as TrainingResult }));
  expect(code).toContain('from torchvision.models import resnet18');
  expect(code).toContain(String.raw`    "Brown \"Streak\"",`);
  expect(code).toContain('T.Resize(256),\n    T.CenterCrop(224),\n    T.ToTensor(),\n    T.Normalize(');
});

test('fine-tuned weights are tested at the size they were tuned at; the blog crops without a resize', () => {
  const epochs = [{ step: 1, record: { best: true } }] as unknown as TrainingResult['epochs'];
  const finetune = { config: PRESET_CONFIGS.blog, size: 384, epochs } as TrainingResult;
  expect(snippetOf(state({ finetune, weightsSlot: 'finetune' }))).toContain(
    'T.Resize(480),\n    T.CenterCrop(384),\n    T.ToTensor(),\n])',
  );
  const blog = snippetOf(state({ finetune, weightsSlot: 'finetune', exportSlot: 'baseline' }));
  expect(blog).toContain('view = T.Compose([\n    T.CenterCrop(224),\n    T.ToTensor(),\n])');
});
