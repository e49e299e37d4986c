import { expect, test } from 'vitest';
import type { EpochRecord } from '../engine/base/records';
import { earlyStopSentence } from './earlyStop';

const epochs = [true, true, false, false].map((best, i) => ({ epoch: i + 1, best }) as EpochRecord);

test('a training that stops early says so, and which epoch is kept', () => {
  expect(earlyStopSentence({ epochs, planned: 10, patience: 2 })).toBe(
    'Stopped early, after epoch 4 of 10: 2 epochs were no better than epoch 2, whose weights are kept.',
  );
  expect(earlyStopSentence({ epochs: epochs.slice(0, 3), planned: 4, patience: 1 })).toMatch(/1 epoch was no better/);
});

test('one that trains all its epochs says nothing', () => {
  expect(earlyStopSentence({ epochs, planned: 4, patience: 2 })).toBeNull();
  expect(earlyStopSentence({ epochs: [], planned: 4, patience: 2 })).toBeNull();
});
