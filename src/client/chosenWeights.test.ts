import { expect, test } from 'vitest';
import type { WeightsOrigin } from '../protocol/weights';
import { runResult, scoreOf, weightsInfo } from '../testing/runs';
import { chosenWeights } from './chosenWeights';
import { exportSentence } from './sentences';
import { initialState, type StudioState } from './state';

const view = (crop: number) => ({
  resize: 0,
  crop,
  filter: 'bilinear' as const,
  normalize: false,
  squish: false,
  respectExif: false,
  cacheSide: 0,
});
const link = (run: WeightsOrigin['run'], crop: number, correct: number | null): WeightsOrigin => ({
  run,
  name: `${run}, epoch 2`,
  madeAt: '',
  config: null,
  data: null,
  view: view(crop),
  score: correct === null ? null : scoreOf(correct, 100),
});
const epochs = [
  {
    step: 1,
    record: {
      epoch: 2,
      train: scoreOf(1, 2),
      validation: scoreOf(60, 100),
      best: true,
      seconds: 1,
      imagesPerSecond: 1,
    },
  },
];
const state = (history: WeightsOrigin[], patch: Partial<StudioState> = {}): StudioState => ({
  ...initialState(),
  baseline: runResult('baseline', { epochs }),
  weights: weightsInfo({ arch: 'resnet50', history, origin: history.at(-1)!.name, view: history.at(-1)!.view }),
  ...patch,
});

test('a baseline that the sweep has moved to another size is told with the score that it has there', () => {
  const swept = state([link('baseline', 384, 75)]);
  expect(exportSentence(swept)).toMatch(/^Your network: ResNet-50, 2 classes, 75\.0 % at 384 px\./);
});

test('each slot has its own score and view', () => {
  const both = state([link('baseline', 288, 75), link('finetune', 384, 80)], { weightsSlot: 'finetune' });
  expect(chosenWeights(both)).toMatchObject({ view: { crop: 384 }, score: { correct: 80 } });
  const baseline = chosenWeights({ ...both, exportSlot: 'baseline' });
  expect(baseline).toMatchObject({ origin: 'baseline, epoch 2', view: { crop: 288 }, score: { correct: 75 } });
  expect(exportSentence({ ...both, exportSlot: 'baseline' })).toContain('75.0 % at 288 px');
});

test('a fine-tuning that was worse is told from its own run', () => {
  const finetune = runResult('finetune', { size: 320, epochs });
  const worse = state([link('baseline', 288, 75)], { finetune, exportSlot: 'finetune' });
  expect(exportSentence(worse)).toContain('60.0 % at 320 px');
});

test('weights from elsewhere claim nothing, though a baseline’s accuracy is at hand', () => {
  const opened = state([link('import', 224, null)]);
  expect(exportSentence(opened)).toContain('2 classes, not measured on these photos.');
  expect(chosenWeights(initialState())).toBeNull();
});

test('what is no better than guessing is exported with that said', () => {
  const classes = ['rust', 'blight'].map((name) => ({ name, train: 50, validation: 50, test: 0 }));
  const dataset = { classes, validationCount: 100 } as unknown as NonNullable<StudioState['dataset']>;
  const said = (correct: number) => exportSentence(state([link('baseline', 64, correct)], { dataset }));
  expect(said(52)).toContain('52.0 % at 64 px, no better than guessing (50.0 %). Download it');
  expect(said(90)).toContain('90.0 % at 64 px. Download it');
  // The baseline is trained again, and was interrupted.
  const { config } = runResult('baseline');
  const again = state([{ ...link('baseline', 64, 52), config }], { dataset, baseline: null });
  expect(exportSentence(again)).toContain('52.0 % at 64 px, no better than guessing (50.0 %). Download it');
});
