import { expect, test } from 'vitest';
import { PRESET_CONFIGS, PRESET_LABELS, parseStudioConfig, recipeNote, refusalOf, RUNS } from './meta';
import { progressiveSizeOf } from './progressive/meta';

test('the paper’s preset says what it leaves out, with its own figures', () => {
  const { epochs, tuneEpochs, batchSize, lr, tuneLr } = PRESET_CONFIGS.paper;
  expect(PRESET_LABELS.paper.differs).toContain(`${epochs} and ${tuneEpochs} epochs for its 120 and 60`);
  expect(PRESET_LABELS.paper.differs).toContain(`batches of ${batchSize} for its 512`);
  expect(PRESET_LABELS.paper.differs).toContain('repeated augmentation is left out');
  // "At rates scaled alike": 0.1 a 256 photos, and 0.008 a 512.
  expect(lr).toBeCloseTo((0.1 * batchSize) / 256, 12);
  expect(tuneLr).toBeCloseTo((0.008 * batchSize) / 512, 12);
});

test('the preset for transfer is called ours, and says what it has not of torchvision’s recipe', () => {
  const { optimizer, lr, weightDecay, labelSmoothing, warmUp, mixup, cutmix, trainSize } = PRESET_CONFIGS.transfer;
  const { label, differs = '' } = PRESET_LABELS.transfer;
  expect(label).toContain('ours');
  expect([optimizer, mixup, cutmix, trainSize]).toEqual(['adamw', 0, 0, 224]);
  for (const part of [`AdamW at ${lr}`, `decayed by ${weightDecay}`, `label smoothing ${labelSmoothing}`])
    expect(differs).toContain(part);
  expect(warmUp).toBe(1);
  expect(differs).toContain('an epoch of warm-up');
  for (const absent of [
    'SGD at 0.5',
    'TrivialAugment',
    'random erasing',
    'mixup',
    'CutMix',
    'repeated augmentation',
    '176 px',
  ])
    expect(differs.split('leaves out')[1]).toContain(absent);
});

test('experiments follow fastai’s recipe or say that they do not', () => {
  const saying = RUNS.filter((run) => recipeNote(run, { recipe: 'fastai' }) !== null);
  expect(saying).toEqual(['ablation', 'progressive']);
  expect(RUNS.filter((run) => recipeNote(run, { recipe: 'plain' }))).toEqual([]);
});

test('an experiment that would compare a size with itself is refused, and by default none does', () => {
  const refused = (given: Record<string, number>) => RUNS.filter((run) => refusalOf(run, parseStudioConfig(given)));
  expect(refused({ trainSize: 33 })).toEqual([]);
  expect(refused({ trainSize: 224 })).toEqual([]);
  // 32 px is the least.
  expect(refused({ trainSize: 32 })).toEqual(['lowResolution']);
  expect(refused({ trainSize: 224, lowSize: 224 })).toEqual(['lowResolution']);
  expect(refused({ trainSize: 224, progressiveSize: 224 })).toEqual(['progressive']);
  for (const trainSize of [32, 38, 64, 224])
    expect(progressiveSizeOf({ trainSize, progressiveSize: 0 })).toBeGreaterThan(trainSize);
  expect(progressiveSizeOf({ trainSize: 224, progressiveSize: 0 })).toBe(288);
});
