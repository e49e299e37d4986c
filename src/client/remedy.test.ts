import { expect, test } from 'vitest';
import { PRESET_CONFIGS, type StudioConfig } from '../engine/experiments/meta';
import { remedyOf } from './remedy';

/** Labels of what is offered, each taken, until nothing is left. */
function offered(error: Parameters<typeof remedyOf>[0], start: Partial<StudioConfig>): string[] {
  const labels: string[] = [];
  let config = { ...PRESET_CONFIGS.blog, ...start };
  for (let tries = 0; tries < 10; tries++) {
    const remedy = remedyOf(error, config);
    if (!remedy) break;
    labels.push(remedy.label);
    config = { ...config, ...remedy.patch };
  }
  return labels;
}

const SMALLER = ['Use ResNet-18', 'Train at 128 px', 'Train at 64 px', 'Train at 32 px'];

test('what does not fit is offered more memory, then less work', () => {
  expect(offered({ code: 'exceeds-limits', message: '' }, { gpuMemory: 1 })).toEqual(['Allow 4 GB', ...SMALLER]);
});

test('a GPU that ran out of memory is offered a smaller batch first', () => {
  const ranOut = { code: 'gpu-error', message: 'Out of memory' } as const;
  expect(offered(ranOut, {})).toEqual(['Use a batch of 8', ...SMALLER]);
});

test('other failures have no setting that mends them', () => {
  expect(offered({ code: 'device-lost', message: 'The GPU is gone' }, {})).toEqual([]);
  expect(offered({ code: 'gpu-error', message: 'Shader error' }, {})).toEqual([]);
});

test('numbers that have gone wrong are met by clipping, and then by lower rates', () => {
  const wrong = { code: 'not-finite', message: '' } as const;
  expect(offered(wrong, { lr: 1e-3, tuneLr: 1e-5 })).toEqual([
    'Clip gradients at 1',
    ...Array.from({ length: 2 }, () => 'Use a tenth of the learning rates'),
  ]);
  expect(offered(wrong, { recipe: 'fastai', lr: 1e-6 })).toEqual(['Use a tenth of the learning rates']);
});
