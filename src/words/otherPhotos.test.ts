import { expect, test } from 'vitest';
import { parseStudioConfig } from '../engine/experiments/meta';
import { photosOf, runResult, scoreOf, sweepPoint } from '../testing/runs';
import { otherPhotosNote } from './otherPhotos';
import { verdictOf } from './verdict';

test('settings that change what the network sees are named, others are not', () => {
  const made = parseStudioConfig({});
  expect(otherPhotosNote(parseStudioConfig({ tuneEpochs: 9, batchSize: 8 }), made)).toBeNull();
  expect(otherPhotosNote(parseStudioConfig({ normalize: 'true', filter: 'bicubic' }), made)).toContain(
    '(Resizing, Normalise by ImageNet)',
  );
});

test('what a sweep and a fine-tuning of a baseline make of photos otherwise stands beside what they have come to', () => {
  const score = scoreOf(90, 100);
  const record = { epoch: 1, train: score, validation: score, best: true, seconds: 1, imagesPerSecond: 1 };
  const epochs = [{ step: 1, record }];
  const factsOf = (squish: boolean, by: 'sweep' | 'finetune') => {
    const config = parseStudioConfig({ squish: `${squish}` });
    const sweep = runResult('sweep', { config, points: [sweepPoint(64, score), sweepPoint(96, score)] });
    const steps = {
      baseline: runResult('baseline', { epochs }),
      sweep,
      finetune: runResult('finetune', { config, epochs }),
    };
    return verdictOf(by, steps, photosOf(2, 100)).facts;
  };
  for (const step of ['sweep', 'finetune'] as const) {
    expect(factsOf(true, step)[0]).toContain('otherwise than when the weights were trained (');
    expect(factsOf(false, step).join()).not.toContain('otherwise');
  }
});
