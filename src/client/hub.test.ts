import { expect, test } from 'vitest';
import { fetchWords, shelvedWords, startSentence } from './hub';
import { datasetSummary, weightsInfo } from '../testing/runs';
import { initialState } from './state';

test('what a baseline starts from is told with its network and classifier', () => {
  const state = initialState();
  expect(startSentence(state)).toBeNull();
  const classes = Array.from({ length: 1000 }, (_, i) => `class ${i}`);
  const imported = weightsInfo({ arch: 'resnet50', classes, origin: 'imported from a/b' });
  const opened = { ...state, imported, config: { ...state.config, arch: 'resnet50' as const } };
  expect(startSentence(opened)).toBe(
    'Training starts from the weights imported from a/b, not from random ones. They are a ResNet-50, and the network in the settings is the same.',
  );
  const fromTimm = { ...opened, imported: { ...imported, origin: 'imported from timm/resnet50.a1_in1k' } };
  expect(startSentence(fromTimm)).not.toContain('colours');
  const normalized = { ...fromTimm, config: { ...opened.config, normalize: true } };
  expect(startSentence(normalized)).toContain('ImageNet’s colours are taken out');
  expect(startSentence({ ...opened, dataset: datasetSummary() })).toContain(
    '1,000 classes apart: a new one for the 2 of these photos',
  );
});

const bytes = 100 * 2 ** 20;

test('a download is told with rate and time left, once there is a rate', () => {
  const progress = { id: 'a/b', done: 40 * 2 ** 20, bytes, bytesPerSecond: null };
  expect(fetchWords(progress)).toBe('40 MiB of 100 MiB');
  expect(fetchWords({ ...progress, bytesPerSecond: 12 * 2 ** 20 })).toBe('40 MiB of 100 MiB, 12 MiB/s, 5 s left');
});

test('what is kept is told with its licence, or how far it came', () => {
  const model = { id: 'a/b', file: 'f', revision: 'r', bytes, sha256: '', licence: 'mit', storedBytes: bytes };
  expect(shelvedWords({ ...model, checked: true })).toBe('100 MiB, mit');
  expect(shelvedWords({ ...model, checked: true, licence: null })).toBe('100 MiB, no licence named');
  expect(shelvedWords({ ...model, checked: false, storedBytes: 2 ** 20 })).toBe('1.0 MiB of 100 MiB');
});
