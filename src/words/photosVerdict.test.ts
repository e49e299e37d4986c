import { expect, test } from 'vitest';
import { datasetSummary, photosOf } from '../testing/runs';
import { photosVerdict } from './photosVerdict';

test('photos that are missing are told first, with their number, and never under a tick', () => {
  const missing = { ...photosOf(5, 326), warningCounts: { 'file-in-no-row': 5, 'missing-file': 21_071 } };
  const verdict = photosVerdict(missing);
  expect(verdict).toMatchObject({ tone: 'doubt', word: 'photos missing' });
  expect(verdict.facts[0]).toBe('21,071 listed photos missing');
  expect(verdict.sentence).toContain('21,071 of 21,437 listed photos cannot be used');
  expect(photosVerdict(photosOf(5, 100))).toMatchObject({ tone: 'good', word: 'opened' });
  expect(photosVerdict(photosOf(3, 3))).toMatchObject({ tone: 'doubt', word: 'few validation photos' });
  const lone = photosVerdict({ ...photosOf(1, 1), warningCounts: { 'conflicting-row': 1 } });
  expect(lone.sentence).toContain('1 validation photo is too few');
  expect(lone.facts).toEqual(['1 row contradicts another']);
  expect(photosVerdict({ ...photosOf(5, 100), refusal: { code: 'one-class', values: { name: 'a' } } })).toMatchObject({
    tone: 'bad',
    next: 'openPhotos',
  });
});

test('photos that are held out are counted, and named', () => {
  const [first, ...others] = photosOf(5, 100).classes;
  const verdict = photosVerdict(datasetSummary({ classes: [{ ...first!, test: 12 }, ...others] }));
  expect(verdict.figure).toBe('152');
  expect(verdict.sentence).toContain(
    '40 training photos and 100 validation photos, and 12 held-out photos, in 5 classes.',
  );
});
