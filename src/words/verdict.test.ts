import { describe, expect, test } from 'vitest';
import { scoreLogits } from '../engine/analysis/score';
import { parseStudioConfig } from '../engine/experiments/meta';
import type { EpochRecord, PairedChange, Score, Selection } from '../engine/base/records';
import type { DatasetSummary } from '../engine/dataset/types';
import type { RunResult } from '../protocol/results';
import { runResult, scoreOf, sweepPoint } from '../testing/runs';
import { photosVerdict } from './photosVerdict';
import { choiceSentence, leaderName, leaderTitle, sweepVerdict } from './sizeVerdict';
import { baselineVerdict, finetuneVerdict } from './trainingVerdict';

const photos = (classes: number, validation: number): DatasetSummary => ({
  name: 'leaves',
  format: '',
  classes: Array.from({ length: classes }, (_, i) => ({
    name: `${i}`,
    train: 8,
    validation: validation / classes,
    test: 0,
  })),
  trainCount: 8 * classes,
  validationCount: validation,
  testCount: 0,
  unusedCount: 0,
  choices: [],
  settings: {},
  warnings: [],
  warningCounts: {},
});
const five = photos(5, 100);
const epoch = (score: Score): EpochRecord => ({
  epoch: 3,
  train: scoreOf(1, 2),
  validation: score,
  best: true,
  seconds: 1,
  imagesPerSecond: 1,
});
const baseline = (score: Score, parts: Partial<RunResult> = {}) =>
  runResult('baseline', { epochs: [{ step: 9, record: epoch(score) }], ...parts });
const config = parseStudioConfig({ sweepSizes: '32,48,64', trainSize: 48 });
const change = (won: number, lost: number, p: number): PairedChange => ({ won, lost, p });
const sweep = (scores: Record<number, Score>, parts: Partial<RunResult> = {}) =>
  runResult('sweep', {
    config,
    points: Object.entries(scores).map(([size, score]) => sweepPoint(Number(size), score)),
    ...parts,
  });

describe('a baseline', () => {
  test('that has learned gets a tick, its interval and what it beats', () => {
    const verdict = baselineVerdict(baseline(scoreOf(64, 100)), five);
    expect(verdict).toMatchObject({ tone: 'good', word: 'done', figure: '64.0 %', next: 'sweep' });
    expect(verdict.sentence).toMatch(
      /right on 64 of 100 validation photos, 64\.0 % \(95 % interval 54\.\d to 72\.\d %\), better than guessing \(20\.0 %\)/,
    );
    expect(verdict.facts.join()).toContain('chosen on these very photos');
  });

  test('is judged by what its epoch was chosen by, of classes that are unequal', () => {
    // 90 photos of one class, 5 of each other; 90 % accuracy is what naming the first alone gives.
    const unequal = {
      ...photos(3, 99),
      classes: [85, 7, 7].map((count, i) => ({ name: `${i}`, train: count, validation: count, test: 0 })),
    };
    const scored = (rows: number[][]): Score => {
      const said = rows.flatMap((row, label) =>
        row.flatMap((count, named) => Array.from({ length: count }, () => [label, named] as const)),
      );
      const logits = Float32Array.from(said.flatMap(([, named]) => [0, 1, 2].map((k) => Number(k === named))));
      return scoreLogits(
        logits,
        said.map(([label]) => label),
        3,
      );
    };
    const by = (selectBy: string, score: Score) =>
      baselineVerdict(baseline(score, { config: parseStudioConfig({ selectBy }) }), unequal);
    // Every rare photo is found, at the price of many frequent ones.
    const fair = scored([
      [60, 13, 12],
      [0, 7, 0],
      [0, 0, 7],
    ]);
    expect(by('accuracy', fair)).toMatchObject({ word: 'no better than guessing', figure: '74.7 %' });
    for (const metric of ['balancedAccuracy', 'macroF1']) expect(by(metric, fair)).toMatchObject({ word: 'done' });
    expect(by('macroF1', fair).sentence).toMatch(
      /best by macro F1: right on 74 .* macro F1 6\d\.\d % \(95 % interval .*better than guessing \(33\.3 % by macro F1\)/,
    );
    // Many more of the frequent class are right, and hardly one of the others.
    const lazy = scored([
      [80, 5, 0],
      [6, 1, 0],
      [7, 0, 0],
    ]);
    expect(by('balancedAccuracy', lazy)).toMatchObject({ word: 'no better than guessing', tone: 'doubt' });
    expect(by('balancedAccuracy', lazy).sentence).toContain('no better than guessing (33.3 % by balanced accuracy)');
  });

  test.each([
    ['0.8 % of 120 classes', photos(120, 120), scoreOf(1, 120)],
    ['17.5 % where guessing gives 20', five, scoreOf(35, 200)],
    ['a little above guessing', five, scoreOf(24, 100)],
    ['one class for every photo, however right', photos(2, 100), { ...scoreOf(90, 100), named: 1 }],
  ])('with %s is never praised', (_, data, score) => {
    const verdict = baselineVerdict(baseline(score), data);
    expect(verdict.tone).toBe('doubt');
    expect(verdict).toMatchObject({ word: 'no better than guessing', next: 'trainLonger' });
  });

  test('with one answer for every photo has learned nothing, which one photo does not tell', () => {
    const said = (data: DatasetSummary, score: Score) => baselineVerdict(baseline({ ...score, named: 1 }), data);
    expect(said(photos(2, 100), scoreOf(50, 100)).sentence).toBe(
      'The network gives the same answer for every photo: it has learned nothing yet.',
    );
    const alone = said(photos(3, 3), scoreOf(1, 1));
    expect(alone).toMatchObject({ tone: 'doubt', word: 'too few photos to tell', figure: '100.0 %' });
    expect(alone.sentence).toMatch(/^Epoch 3 is right on 1 of 1 validation photo, .*: too few photos to tell\.$/);
    expect(said(photos(3, 3), scoreOf(0, 1)).sentence).toContain('no better than guessing (33.3 %)');
  });

  test('that was stopped after two steps has nothing to show', () => {
    const verdict = baselineVerdict(runResult('baseline', { ended: 'stopped' }), five);
    expect(verdict).toMatchObject({ tone: 'neutral', word: 'not trained', figure: null, next: 'train' });
  });

  test('that was stopped half-way is not done, and says how far it came', () => {
    const half = baseline(scoreOf(64, 100), { ended: 'stopped', config: parseStudioConfig({ epochs: 6 }) });
    expect(baselineVerdict(half, five)).toMatchObject({ tone: 'neutral', word: 'stopped', figure: '64.0 %' });
    expect(baselineVerdict(half, five).facts[0]).toBe('Stopped after 1 of 6 epochs.');
  });

  test('says aloud which photos were not read, and that thirty are few', () => {
    const unread = baselineVerdict(baseline(scoreOf(60, 80)), five);
    expect(unread).toMatchObject({ tone: 'doubt' });
    expect(unread.facts[0]).toBe('20 of 100 validation photos could not be read.');
    const few = baselineVerdict(baseline(scoreOf(20, 25)), photos(5, 25));
    expect(few).toMatchObject({ tone: 'doubt', word: 'too few photos to tell' });
  });

  test('that failed or is running says so', () => {
    const error = { code: 'not-finite' as const, message: 'The loss became NaN' };
    expect(baselineVerdict(runResult('baseline', { ended: 'failed', error }), five)).toMatchObject({
      tone: 'bad',
      word: 'failed',
    });
    expect(baselineVerdict(baseline(scoreOf(64, 100), { ended: 'failed', error }), five)).toMatchObject({
      tone: 'bad',
    });
    expect(baselineVerdict(baseline(scoreOf(64, 100), { ended: 'running' }), five)).toMatchObject({ tone: 'running' });
    expect(baselineVerdict(null, five)).toMatchObject({ tone: 'neutral', word: 'to do' });
  });

  test('names the held-out score in place of a warning', () => {
    const heldOut = { score: scoreOf(58, 100), view: { kind: 'eval', resize: 0, crop: 224 } as const };
    const { facts } = baselineVerdict(baseline(scoreOf(64, 100), { heldOut }), five);
    expect(facts.join()).toMatch(/Held-out photos.*58\.0 %/);
    expect(facts.join()).not.toContain('very photos');
  });
});

describe('a sweep', () => {
  const recommendation = (best: number, againstTrained: PairedChange | null, withinNoise: number[]) => ({
    best,
    againstTrained,
    recommended: withinNoise[0]!,
    saved: 0,
    withinNoise,
    sentence: '',
  });

  test('names a best size only beyond chance', () => {
    const scores = { 32: scoreOf(40, 100), 48: scoreOf(50, 100), 64: scoreOf(70, 100) };
    const beyond = sweepVerdict(
      sweep(scores, { recommendation: recommendation(64, change(25, 5, 0.0003), [64]) }),
      five,
    );
    expect(beyond).toMatchObject({ tone: 'good', figure: 'best 64 px', next: 'finetune' });
    expect(beyond.sentence).toContain('beyond chance');
    const chance = sweepVerdict(
      sweep(scores, { recommendation: recommendation(64, change(25, 15, 0.15), [48, 64]) }),
      five,
    );
    expect(chance).toMatchObject({ tone: 'neutral', word: 'no difference found', figure: '48–64 px alike' });
    const named = (againstTrained: PairedChange) =>
      leaderName(sweep(scores, { recommendation: recommendation(64, againstTrained, [64]) }), five.classes);
    expect([named(change(25, 5, 0.0003)), named(change(25, 15, 0.15))]).toEqual(['best', 'most accurate']);
  });

  test('is a range of sizes alike only where all measured between them are', () => {
    const scores = { 32: scoreOf(48, 100), 48: scoreOf(30, 100), 64: scoreOf(50, 100), 96: scoreOf(49, 100) };
    const run = sweep(scores, {
      config: parseStudioConfig({ sweepSizes: '32,48,64,96', trainSize: 64 }),
      recommendation: recommendation(64, null, [32, 64, 96]),
    });
    const verdict = sweepVerdict(run, five);
    expect(verdict.figure).toBe('3 sizes alike');
    expect(verdict.sentence).toContain('No difference found between 32, 64, 96 px.');
  });

  test('speaks of sizes so far only before all are measured', () => {
    const sizes = (missing: boolean, selectBy: Selection = 'accuracy') => {
      const points = { 32: scoreOf(20, 100), 48: scoreOf(21, 100) };
      return leaderTitle(
        sweep(points, { config: { ...config, selectBy, sweepSizes: missing ? [32, 48, 64] : [32, 48] } }),
        48,
        five.classes,
      );
    };
    expect([sizes(true), sizes(false)]).toEqual(['Highest so far: 48 px', 'Highest: 48 px']);
    // The figure below is the accuracy all the same.
    expect([sizes(true, 'macroF1'), sizes(false, 'macroF1')]).toEqual([
      'Accuracy at 48 px, highest macro F1 so far',
      'Accuracy at 48 px, highest macro F1',
    ]);
  });

  test('says so where the baseline does better in its own view than at any size', () => {
    const scores = { 32: scoreOf(50, 100), 48: scoreOf(60, 100), 64: scoreOf(55, 100) };
    const facts = (own: number) =>
      sweepVerdict(sweep(scores, { reference: sweepPoint(48, scoreOf(own, 100)) }), five).facts.join(' ');
    expect(facts(61)).toContain('The baseline’s own view gets more, 61.0 %.');
    expect(facts(60)).not.toContain('own view');
  });

  test('claims no best size where nothing was compared', () => {
    // Opened weights, of which nobody knows what they were trained at, and no recommendation.
    const elsewhere = { config: { ...config, trainSize: 50 } };
    const alone = sweepVerdict(
      sweep({ 32: scoreOf(40, 100), 48: scoreOf(50, 100), 64: scoreOf(70, 100) }, elsewhere),
      five,
    );
    expect(alone).toMatchObject({ tone: 'neutral', figure: 'most accurate 64 px' });
  });

  test('does not before all sizes are measured', () => {
    const part = sweep({ 32: scoreOf(70, 100), 48: scoreOf(50, 100) }, { ended: 'stopped' });
    expect(sweepVerdict(part, five)).toMatchObject({
      tone: 'doubt',
      word: 'sizes missing',
      figure: null,
      next: 'sweepAgain',
    });
    expect(sweepVerdict({ ...part, ended: 'running' }, five)).toMatchObject({ tone: 'running', figure: null });
  });

  test('does not for a network that guesses', () => {
    const guess = sweep({ 32: scoreOf(23, 100), 48: scoreOf(23, 100), 64: scoreOf(23, 100) });
    expect(sweepVerdict(guess, five)).toMatchObject({ tone: 'doubt', figure: null, next: 'trainLonger' });
    expect(choiceSentence(guess, five.classes)).toContain('no better than guessing (20.0 %), so no size is best');
  });

  test('says that a network gives one answer where the photos tell so', () => {
    const points = (score: Score) => sweep({ 32: score, 48: score, 64: score });
    const said = (score: Score, data: DatasetSummary) => choiceSentence(points({ ...score, named: 1 }), data.classes);
    expect(said(scoreOf(20, 100), five)).toBe('The network gives the same answer for every photo, so no size is best.');
    expect(said(scoreOf(1, 1), photos(3, 3))).toBe(
      'The photos are too few to tell whether the network has learned, so no size is best.',
    );
  });

  test('says of a tie which sizes are as accurate', () => {
    const tie = sweep({ 32: scoreOf(70, 100), 48: scoreOf(70, 100), 64: scoreOf(60, 100) });
    expect(choiceSentence(tie, five.classes)).toContain(
      '32 px is the most accurate of 3 sizes. 48 px is as accurate, and larger.',
    );
    expect(sweepVerdict(tie, five).sentence).not.toContain('smaller');
    const trained = {
      ...tie,
      config: { ...tie.config, trainSize: 32 },
      recommendation: recommendation(32, null, [32, 48]),
    };
    expect(choiceSentence(trained, five.classes)).toMatch(/ and larger\. 32 px is the size trained at\.$/);
  });

  test('chosen by another value says by which, and claims no certainty that accuracy would have', () => {
    const by = (correct: number, macroF1: number) => {
      const around = { low: macroF1 - 0.1, high: macroF1 + 0.1 };
      return { ...scoreOf(correct, 100), macroF1, intervals: { balancedAccuracy: around, macroF1: around } };
    };
    const chosen = sweep(
      { 32: by(70, 0.4), 48: by(65, 0.6) },
      { config: { ...config, sweepSizes: [32, 48], selectBy: 'macroF1' } },
    );
    const verdict = sweepVerdict(chosen, five);
    expect(verdict).toMatchObject({ tone: 'neutral', figure: 'highest macro F1 48 px' });
    expect(verdict.sentence).toMatch(
      /^Test at 48 px: 65\.0 %.* 48 px has the highest macro F1 of 2 sizes, 60\.0 %, by which it/,
    );
    expect(verdict.sentence).not.toContain('most accurate');
    expect(leaderName(chosen, five.classes)).toBe('highest macro F1');
    // Kept by a version that compared by right and wrong alone.
    const old = { ...recommendation(48, change(3, 9, 0.15), [48]) };
    const kept = { ...chosen, config: { ...chosen.config, trainSize: 32 }, recommendation: old };
    expect(sweepVerdict(kept, five)).toMatchObject({ tone: 'neutral' });
    expect(choiceSentence(kept, five.classes)).toMatch(/Whether that is chance is not told\.$/);
  });

  test('chosen by another value is held against the size trained at by that value', () => {
    const by = (correct: number, macroF1: number) => {
      const around = { low: macroF1 - 0.1, high: macroF1 + 0.1 };
      return { ...scoreOf(correct, 100), macroF1, intervals: { balancedAccuracy: around, macroF1: around } };
    };
    const found = (p: number, withinNoise: number[]) => {
      const metric = { by: 'macroF1', difference: 0.2, low: 0.011, high: 0.392, p } as const;
      // Of photos gained and lost nothing would be told.
      const changed = { ...change(5, 10, 0.3), metric };
      const run = sweep(
        {},
        {
          config: { ...config, trainSize: 32, sweepSizes: [32, 48], selectBy: 'macroF1' },
          points: [sweepPoint(32, by(70, 0.4)), sweepPoint(48, by(65, 0.6), { changed })],
          recommendation: recommendation(48, changed, withinNoise),
        },
      );
      return sweepVerdict(run, five);
    };
    const beyond = found(0.012, [48]);
    expect(beyond).toMatchObject({ tone: 'good', figure: 'highest macro F1 48 px' });
    expect(beyond.sentence).toMatch(
      /60\.0 %, by which it was chosen\. \+20\.0 points of macro F1 over the 32 px trained at, beyond chance \(95 % interval \+1\.1 to \+39\.2; permutation test, p = 0\.012\)\.$/,
    );
    expect(found(0.08, [32, 48])).toMatchObject({ word: 'no difference found', figure: '32–48 px alike' });
  });
});

describe('a fine-tuning', () => {
  const tuned = (score: Score, gain: RunResult['gain']) =>
    runResult('finetune', { size: 64, epochs: [{ step: 1, record: epoch(score) }], gain });
  const from = (correct: number, changed: PairedChange) => ({
    sameView: null,
    ownView: { score: scoreOf(correct, 100), changed },
  });

  test('that paid beyond chance gets a tick', () => {
    const verdict = finetuneVerdict(tuned(scoreOf(80, 100), from(60, change(25, 5, 0.0003))), null, five);
    expect(verdict).toMatchObject({ tone: 'good', figure: '80.0 %, +20.0', next: 'export' });
    expect(verdict.sentence).toContain('25 gained, 5 lost');
  });

  test('that lost says by how much, and leads to the baseline', () => {
    const verdict = finetuneVerdict(tuned(scoreOf(54, 100), from(60, change(4, 10, 0.18))), null, five);
    expect(verdict).toMatchObject({ tone: 'doubt', word: 'worse by 6.0', next: 'exportBaseline' });
    expect(verdict.sentence).toContain('did not pay');
    // As fine as so many photos tell.
    const many = { score: scoreOf(1510, 2134), changed: change(200, 210, 0.6) };
    const fine = finetuneVerdict(tuned(scoreOf(1509, 2134), { sameView: null, ownView: many }), null, photos(5, 2134));
    expect(fine.word).toBe('worse by 0.05');
  });

  test('whose accuracy and chosen value go apart calls neither a gain', () => {
    const gain = {
      sameView: null,
      ownView: { score: { ...scoreOf(60, 100), macroF1: 0.6 }, changed: change(25, 5, 0.0003) },
    };
    const run = {
      ...tuned({ ...scoreOf(80, 100), macroF1: 0.5 }, gain),
      config: parseStudioConfig({ selectBy: 'macroF1' }),
    };
    const verdict = finetuneVerdict(
      {
        ...run,
        epochs: run.epochs.map((one) => ({
          ...one,
          record: {
            ...one.record,
            validation: {
              ...one.record.validation,
              intervals: { balancedAccuracy: { low: 0.4, high: 0.6 }, macroF1: { low: 0.4, high: 0.6 } },
            },
          },
        })),
      },
      null,
      five,
    );
    expect(verdict).toMatchObject({ tone: 'neutral', word: 'better and worse', next: 'exportBaseline' });
    expect(verdict.sentence).toContain('macro F1, by which it was chosen, went from 60.0 % to 50.0 %');
  });

  test('is judged by the test of what its epoch was chosen by', () => {
    const around = { balancedAccuracy: { low: 0.5, high: 0.7 }, macroF1: { low: 0.5, high: 0.7 } };
    const found = (difference: number, p: number) => {
      const metric = { by: 'macroF1', difference, low: difference - 0.02, high: difference + 0.02, p } as const;
      // As many photos right as before.
      const gain = from(60, { ...change(8, 8, 1), metric });
      const run = tuned({ ...scoreOf(60, 100), macroF1: 0.6, intervals: around }, gain);
      return finetuneVerdict({ ...run, config: parseStudioConfig({ selectBy: 'macroF1' }) }, null, five);
    };
    expect(found(0.05, 0.004)).toMatchObject({ tone: 'good', next: 'export' });
    expect(found(0.05, 0.004).sentence).toContain(
      'beyond chance (+5.0 points of macro F1, 95 % interval +3.0 to +7.0; permutation test, p = 0.004)',
    );
    expect(found(0.01, 0.3)).toMatchObject({ tone: 'neutral', word: 'no gain found' });
    expect(found(-0.05, 0.004)).toMatchObject({ tone: 'doubt', word: 'worse by 5.0', next: 'exportBaseline' });
  });

  test('whose gain may be chance claims none, nor one that was not compared', () => {
    expect(finetuneVerdict(tuned(scoreOf(64, 100), from(60, change(10, 6, 0.45))), null, five)).toMatchObject({
      tone: 'neutral',
      word: 'no gain found',
    });
    // Intervals of both overlap, and yet the same photos tell them apart.
    expect(finetuneVerdict(tuned(scoreOf(68, 100), from(60, change(8, 0, 0.008))), null, five).tone).toBe('good');
    const alone = finetuneVerdict(tuned(scoreOf(64, 100), null), null, five);
    expect(alone).toMatchObject({ tone: 'neutral', figure: '64.0 %' });
    expect(alone.sentence).toContain('nothing is said of a gain');
  });
});

test('photos that are missing are told first, with their number, and never under a tick', () => {
  const missing = { ...photos(5, 326), warningCounts: { 'file-in-no-row': 5, 'missing-file': 21_071 } };
  const verdict = photosVerdict(missing);
  expect(verdict).toMatchObject({ tone: 'doubt', word: 'photos missing' });
  expect(verdict.facts[0]).toBe('21,071 listed photos missing');
  expect(verdict.sentence).toContain('21,071 of 21,437 listed photos cannot be used');
  expect(photosVerdict(photos(5, 100))).toMatchObject({ tone: 'good', word: 'opened' });
  expect(photosVerdict(photos(3, 3))).toMatchObject({ tone: 'doubt', word: 'few validation photos' });
  const lone = photosVerdict({ ...photos(1, 1), warningCounts: { 'conflicting-row': 1 } });
  expect(lone.sentence).toContain('1 validation photo is too few');
  expect(lone.facts).toEqual(['1 row contradicts another']);
  expect(photosVerdict({ ...five, refusal: { code: 'one-class', values: { name: 'a' } } })).toMatchObject({
    tone: 'bad',
    next: 'openPhotos',
  });
});
