import { expect, test } from 'vitest';
import type { EpochRecord, Score } from '../engine/base/records';
import { trainingLog } from './log';

const VALIDATION = 4279;
const score = (loss: number, accuracy: number, count: number): Score => ({
  loss,
  accuracy,
  correct: Math.round(accuracy * count),
  count,
});

function epochRecord(epoch: number, [loss, right]: [number, number], validation: [number, number], seconds: number) {
  const record: EpochRecord = {
    epoch,
    train: score(loss, right / 17_118, 17_118),
    validation: score(validation[0], validation[1] / VALIDATION, VALIDATION),
    best: false,
    seconds,
    imagesPerSecond: 114,
  };
  return record;
}

// The blog's first and tenth epoch.
const blog = [
  epochRecord(1, [1.105, 10_637], [1.139, 2635], 181.4),
  epochRecord(10, [0.682, 12_842], [0.786, 3042], 188.9),
];

test('a training is logged as the blog prints it, to the character', () => {
  expect(trainingLog({ run: 'baseline', epochs: blog, ended: 'done', seconds: 1877.2 })).toEqual([
    'Epoch: 01 | Epoch Time: 3m 1s',
    '\tTrain Loss: 1.105 | Train Acc: 62.14%',
    '\t Val. Loss: 1.139 |  Val. Acc: 61.58%',
    'Epoch: 10 | Epoch Time: 3m 8s',
    '\tTrain Loss: 0.682 | Train Acc: 75.02%',
    '\t Val. Loss: 0.786 |  Val. Acc: 71.09%',
    'Training complete in 31m 17s',
    'Best val Acc: 0.710914',
  ]);
});

test('a log only grows, and a training that was stopped is not complete', () => {
  const whole = trainingLog({ run: 'baseline', epochs: blog, ended: 'done', seconds: 60 });
  expect(trainingLog({ run: 'baseline', epochs: blog.slice(0, 1), ended: 'running', seconds: null })).toEqual(
    whole.slice(0, 3),
  );
  for (const ended of ['stopped', 'failed'] as const)
    expect(trainingLog({ run: 'baseline', epochs: blog, ended, seconds: 60 })).toEqual(whole.slice(0, 6));
  expect(trainingLog({ run: 'finetune', epochs: [], ended: 'done', seconds: 1 })).toEqual([]);
});

test('numbers are rounded as Python rounds them', () => {
  // 17 of 32 is 53.125 %, between two: Python takes the even one.
  const half = {
    ...blog[0]!,
    train: score(0.0625, 17 / 32, 32),
    validation: score(0.1875, 19 / 32, 32),
    seconds: 59.9,
  };
  expect(trainingLog({ run: 'baseline', epochs: [half], ended: 'done', seconds: 119.7 })).toEqual([
    'Epoch: 01 | Epoch Time: 0m 59s',
    '\tTrain Loss: 0.062 | Train Acc: 53.12%',
    '\t Val. Loss: 0.188 |  Val. Acc: 59.38%',
    'Training complete in 2m 0s',
    'Best val Acc: 0.593750',
  ]);
});

test('under fastai’s recipe it is fastai’s table: one of the frozen epoch, one of the others, from 0', () => {
  const rows: [number, number, number, number][] = [
    [1.067555, 0.806518, 3113, 175],
    [0.675441, 0.725409, 3243, 224],
    [0.543039, 0.556987, 3513, 3765],
  ];
  const epochs = rows.map(([smoothedLoss, loss, right, seconds], i) => ({
    ...epochRecord(i + 1, [9, 1], [loss, right], seconds),
    smoothedLoss,
  }));
  const header = 'epoch     train_loss  valid_loss  accuracy  time    ';
  expect(trainingLog({ run: 'baseline', epochs, ended: 'done', seconds: 1 })).toEqual([
    header,
    '0         1.067555    0.806518    0.727506  02:55     ',
    header,
    '0         0.675441    0.725409    0.757887  03:44     ',
    '1         0.543039    0.556987    0.820986  1:02:45   ',
  ]);
  expect(trainingLog({ run: 'finetune', epochs: epochs.slice(0, 2), ended: 'running', seconds: null })).toEqual([
    header,
    '0         1.067555    0.806518    0.727506  02:55     ',
    '1         0.675441    0.725409    0.757887  03:44     ',
  ]);
});
