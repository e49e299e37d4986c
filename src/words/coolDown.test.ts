import { expect, test } from 'vitest';
import { parseStudioConfig, type StudioConfig } from '../engine/experiments/meta';
import { runResult, scoreOf } from '../testing/runs';
import { coolDownBeside, coolDownFact } from './coolDown';

const cooled = (correct: readonly number[], changes: Partial<StudioConfig> = {}) =>
  runResult('baseline', {
    config: { ...parseStudioConfig({ epochs: 4, coolDownEpochs: 2 }), ...changes },
    epochs: correct.map((right, i) => ({
      step: i,
      record: {
        epoch: i + 1,
        train: scoreOf(1, 2),
        validation: scoreOf(right, 100),
        best: true,
        seconds: 1,
        imagesPerSecond: 1,
      },
    })),
  });

test('the best epoch on test views is held against the best before', () => {
  expect(coolDownFact(cooled([60, 70, 73, 72]))).toEqual([
    'The last 2 epochs, on test views: 70.0 % → 73.0 %, +3.0 points.',
  ]);
  expect(coolDownFact(cooled([60, 70, 65]))).toEqual(['The last epoch, on test views: 70.0 % → 65.0 %, −5.0 points.']);
});

test('nothing is said where it never came, was not asked for, or had nothing before it', () => {
  expect(coolDownFact(cooled([60, 70]))).toEqual([]);
  expect(coolDownFact(cooled([60, 70, 73, 72], { coolDownEpochs: 0 }))).toEqual([]);
  expect(coolDownFact(cooled([60, 70, 73, 72], { coolDownEpochs: 9 }))).toEqual([]);
  expect(coolDownFact(cooled([60, 70, 73, 72], { recipe: 'fastai' }))).toEqual([]);
});

test('a fine-tuning is told beside it', () => {
  const baseline = cooled([60, 70, 73, 72]);
  expect(coolDownBeside(baseline, scoreOf(73, 100), scoreOf(74, 100))).toEqual([
    'Before it, the baseline’s epochs on test views had changed it: 70.0 % → 73.0 %, +3.0 points. Fine-tuning: +1.0 points.',
  ]);
  // Of epochs that were not kept nothing is in the weights that were tuned.
  const { epochs } = baseline;
  const dropped = epochs.map((one, i) => ({ ...one, record: { ...one.record, best: i < 2 } }));
  expect(coolDownBeside({ ...baseline, epochs: dropped }, scoreOf(70, 100), scoreOf(74, 100))).toEqual([]);
  expect(coolDownBeside(null, scoreOf(73, 100), scoreOf(74, 100))).toEqual([]);
  expect(coolDownBeside(baseline, null, scoreOf(74, 100))).toEqual([]);
});
