import { expect, test } from 'vitest';
import { trainingMacs } from '../models/cost';
import type { ExperimentRow, PairedChange } from '../base/records';
import { trainableOf } from '../models/parts';
import { experimentFinding } from './meta';

const COUNT = 1000;
const sure = { won: 100, lost: 0, p: 1e-9 };
const unsure = { won: 12, lost: 8, p: 0.5 };
const row = (name: string, correct: number, rest: Partial<ExperimentRow> = {}): ExperimentRow => ({
  name,
  views: null,
  trainSize: 224,
  testSize: 384,
  score: { loss: 1, accuracy: correct / COUNT, correct, count: COUNT },
  changed: null,
  epochs: 0,
  note: null,
  ...rest,
});

test('nothing is said of one row', () => {
  expect(experimentFinding('ablation', [row('nothing', 700)])).toBeNull();
});

test('the ablation names its best way and counts those that are no worse', () => {
  const rows = [
    row('nothing', 700),
    row('the classifier', 720, { views: 'train' }),
    row('the classifier', 800, { views: 'test', changed: sure }),
    row('the whole network', 795, { views: 'train' }),
  ];
  expect(experimentFinding('ablation', rows)).toBe(
    'At 384 px the most accurate is tuning the classifier on test views: 80.0 %, +10.0 points against tuning nothing. 1 of 2 other ways are within its 95 % interval.',
  );
  expect(experimentFinding('ablation', [...rows, row('nothing', 500, { testSize: 448 })])).not.toContain('448');
});

/** By ResNet-50's shapes. */
const measured = (size: number, apparent: number) => ({
  apparent,
  trainMacs: trainingMacs('resnet50', size, 5, () => true),
});

test('low-resolution training is held against training at the size', () => {
  const rows = [
    row('trained at 179 px', 705, { trainSize: 179, testSize: 224, ...measured(179, 1.146) }),
    row('trained at 224 px', 700, { testSize: 224, changed: unsure, ...measured(224, 0.916) }),
    row('trained at 224 px', 780, { testSize: 280, changed: sure, ...measured(224, 1.145) }),
  ];
  expect(experimentFinding('lowResolution', rows)).toBe(
    'Trained at 179 px and tested at 224 px: 70.5 %, +0.5 points against training at 224 px, within the noise, with 30 % less work a photo. Beside training, objects look in testing 1.15 times (179 → 224 px), 0.92 times (224 → 224 px), 1.15 times (224 → 280 px) as large. Trained at 224 px and tested at 280 px: 78.0 %, +7.5 points against the smaller.',
  );
});

test('progressive resizing is held against the last layers alone', () => {
  const tuned = { epochs: 5, changed: unsure };
  const rows = [row('nothing more', 700), row('the last', 750, tuned), row('all', 740, tuned)];
  expect(experimentFinding('progressive', rows.slice(0, 2))).toBeNull();
  expect(experimentFinding('progressive', rows)).toMatch(
    /74\.0 %, −1\.0 points against 75\.0 % with the last alone, within the noise\.$/,
  );
  const [last, all] = (['statistics', 'all'] as const).map((part, i) => ({
    ...rows[i + 1]!,
    trainMacs: trainingMacs('resnet50', 288, 5, trainableOf('resnet50', part).isTrainable),
  }));
  expect(experimentFinding('progressive', [rows[0]!, last!, all!])).toContain('it takes 3.0 times the work');
});

test('fine-tuning a pair of sizes is held against the pair as trained, and doubted within the noise', () => {
  const trained = [row('as trained', 800, { testSize: 256 }), row('as trained', 700)];
  const finding = (changed: PairedChange) =>
    experimentFinding('trainTest', [...trained, row('fine-tuned', 850, { views: 'train', changed })]);
  const words = 'tested at 384 px, 85.0 %, +15.0 points against the pair as trained';
  expect(finding(sure)).toContain(`${words}.`);
  expect(finding(unsure)).toContain(`${words}, within the noise.`);
});

test('an adaptation that gains nothing is said to, and one that does', () => {
  const plain = row('no adaptation', 600);
  const law = (correct: number, changed = unsure) => row('one Fréchet law', correct, { note: 'μ', changed });
  expect(
    experimentFinding('adaptation', [plain, law(605), row('a Gaussian a channel', 594, { changed: unsure })]),
  ).toBe(
    "Mapping activations changes accuracy by −0.6 points to +0.5 points, at no size beyond the noise of 1000 photos (McNemar's test at 5 %); the paper’s own appendix finds no gain.",
  );
  expect(experimentFinding('adaptation', [plain, law(700, sure)])).toContain(
    'are one Fréchet law at 384 px (+10.0 points)',
  );
});

test('framing names the best crop against the settings’ own, and doubts it within the noise', () => {
  const own = row('the crop of the settings', 700);
  expect(
    experimentFinding('framing', [own, row('88 %', 690, { changed: unsure }), row('100 %', 710, { changed: unsure })]),
  ).toBe(
    'At 384 px the most accurate crop shows 100 %: 71.0 %, +1.0 points against the crop of the settings, within the noise.',
  );
  expect(experimentFinding('framing', [own, row('70 %', 800, { changed: sure })])).not.toContain('noise');
});

test('several views name the best average with its cost, or that none gains', () => {
  const own = row('one view', 700, { testMacs: 10 });
  const mirrored = (correct: number) =>
    row('one view and its mirror image', correct, { testMacs: 20, changed: unsure, note: '2 forward passes' });
  const crops = row('five crops', 690, { testMacs: 50, changed: unsure });
  expect(experimentFinding('testTime', [own, mirrored(705), crops])).toBe(
    'Most accurate: one view and its mirror image, 70.5 %, +0.5 points against one view, within the noise, for 2.0 times the work a photo.',
  );
  expect(experimentFinding('testTime', [own, mirrored(700), crops])).toBe(
    'Nothing gained: one view gets 70.0 % right, and no average more.',
  );
  expect(experimentFinding('testTime', [own])).toBeNull();
});

test('of equals none is named as the best', () => {
  const none = (name: string, rest: Partial<ExperimentRow> = {}) => row(name, 0, { changed: unsure, ...rest });
  expect(experimentFinding('framing', [none('the crop of the settings'), none('88 %'), none('100 %')])).toBe(
    'At 384 px no crop is more accurate than the crop of the settings, 0.0 %.',
  );
  expect(experimentFinding('ablation', [none('nothing'), none('the classifier', { views: 'train' })])).toBe(
    'At 384 px no way is more accurate than tuning nothing, 0.0 %.',
  );
  const folds = [none('fold 1', { fold: 1 }), none('all folds, own view')];
  expect(experimentFinding('crossValidation', [...folds, none('all folds'), none('all folds')])).toMatch(
    / All 2 test resolutions are equally accurate: 0\.0 %\.$/,
  );
});

test('as good as the best are those that reach the same', () => {
  const own = row('the crop of the settings', 600);
  const crops = [row('70 %', 650), row('88 %', 700, { changed: sure }), row('95 %', 700), row('100 %', 700)];
  expect(experimentFinding('framing', [own, ...crops])).toBe(
    'At 384 px the most accurate crop shows 88 %: 70.0 %, +10.0 points against the crop of the settings. 2 other crops are as accurate.',
  );
  const ways = [row('a', 800, { views: 'train' }), row('b', 800, { views: 'test' })];
  expect(experimentFinding('ablation', [row('nothing', 700), ...ways])).toContain(
    ' 1 other way is as accurate. 1 of 1',
  );
  const average = (name: string) => row(name, 700, { testMacs: 20, changed: unsure });
  const views = [row('one view', 600, { testMacs: 10 }), average('ten crops'), average('five crops')];
  expect(experimentFinding('testTime', views)).toMatch(/ work a photo\. 1 other average is as accurate\.$/);
});

test('the check of labels says how many are doubted, and nothing before all folds are done', () => {
  const folds = [row('fold 1', 700), row('fold 2', 710)];
  expect(experimentFinding('labels', folds)).toBeNull();
  const all = row('all folds', 1410, { note: '12 of 2000 labels are doubted' });
  expect(experimentFinding('labels', [...folds, all])).toContain('12 of 2000 labels are doubted. Photos, All photos');
});

test('cross-validation tells all photos’ accuracy, how far folds lie apart, and the best size', () => {
  const folds = [row('fold 1', 650, { fold: 1, testSize: 256 }), row('fold 2', 710, { fold: 2, testSize: 256 })];
  expect(experimentFinding('crossValidation', folds)).toBeNull();
  const own = row('all folds, own view', 680, { testSize: 256 });
  const sizes = [row('all folds', 600, { testSize: 128, changed: sure }), row('all folds', 700, { changed: unsure })];
  expect(experimentFinding('crossValidation', [...folds, own])).toBe(
    'Tested by networks that had not seen them, 68.0 % of 1000 photos are right at 256 px; single folds from 65.0 % to 71.0 %.',
  );
  expect(experimentFinding('crossValidation', [...folds, own, ...sizes])).toContain(
    'Of the test resolutions the most accurate is 384 px: 70.0 %, +2.0 points against 256 px, within the noise.',
  );
  const same = [sizes[0]!, row('all folds', 680, { testSize: 256, changed: unsure })];
  expect(experimentFinding('crossValidation', [...folds, own, ...same])).toMatch(/ accurate is 256 px: 68\.0 %\.$/);
  const tuned = row('all folds, fine-tuned', 730, { changed: sure });
  expect(experimentFinding('crossValidation', [...folds, own, ...sizes, tuned])).toMatch(
    / Fine-tuned at 384 px: 73\.0 %, \+3\.0 points against 384 px without it\.$/,
  );
});

test('what opened weights have seen before is not known, and no network is said not to have', () => {
  const folds = [row('fold 1', 650, { fold: 1 }), row('fold 2', 710, { fold: 2 })];
  const sentence = (id: 'crossValidation' | 'labels', name: string, fromOpened: boolean) =>
    experimentFinding(id, [...folds, row(name, 680, { fromOpened, note: '2 of 1000 labels are doubted' })]);
  const words = 'had not seen them, unless the opened weights had, 68.0 %';
  expect(sentence('crossValidation', 'all folds, own view', true)).toContain(words);
  expect(sentence('crossValidation', 'all folds, own view', false)).not.toContain('opened');
  expect(sentence('labels', 'all folds', true)).toContain('had not seen, unless the opened weights had, the networks');
  expect(sentence('labels', 'all folds', false)).not.toContain('opened');
});

/** As `row`, compared by macro F1, which is so many thousandths and was gained with that p. */
const byF1 = (
  name: string,
  thousandths: number,
  p: number | null,
  rest: Partial<ExperimentRow> = {},
): ExperimentRow => {
  const plain = row(name, 700, rest);
  const metric = { by: 'macroF1', difference: 0, low: 0.002, high: 0.1, p: p ?? 1 } as const;
  return {
    ...plain,
    score: { ...plain.score, macroF1: thousandths / 1000 },
    changed: p === null ? null : { ...sure, metric },
  };
};

test('a run that chooses by macro F1 is judged by it, and by its own test', () => {
  const framed = [byF1('the crop of the settings', 600, null), byF1('88 %', 590, 0.01), byF1('100 %', 610, 0.2)];
  expect(experimentFinding('framing', framed)).toBe(
    'At 384 px the best crop by macro F1 shows 100 %: 61.0 % macro F1, +1.0 points against the crop of the settings, within the noise (permutation test).',
  );
  const views = (thousandths: number, p: number) => [
    byF1('one view', 600, null, { testMacs: 10 }),
    byF1('five crops', thousandths, p, { testMacs: 50 }),
  ];
  expect(experimentFinding('testTime', views(630, 0.01))).toBe(
    'Best by macro F1: five crops, 63.0 % macro F1, +3.0 points against one view, for 5.0 times the work a photo.',
  );
  expect(experimentFinding('testTime', views(590, 0.01))).toBe(
    'Nothing gained: one view gets 60.0 % macro F1, and no average more.',
  );
  const tuned = [
    byF1('nothing', 600, null),
    byF1('the classifier', 630, 0.01, { views: 'test' }),
    byF1('the whole network', 604, 0.3, { views: 'train' }),
    byF1('the last block', 601, 0.3, { views: 'train' }),
  ];
  expect(experimentFinding('ablation', tuned)).toBe(
    'At 384 px the best by macro F1 is tuning the classifier on test views: 63.0 % macro F1, +3.0 points against tuning nothing. 1 of 2 other ways are within its 95 % interval.',
  );
  const mapped = [byF1('no adaptation', 600, null), byF1('one Fréchet law', 605, 0.4, { note: 'μ' })];
  expect(experimentFinding('adaptation', mapped)).toContain(
    'changes macro F1 by +0.5 points to +0.5 points, at no size beyond the noise of 1000 photos (permutation test at 5 %)',
  );
});
