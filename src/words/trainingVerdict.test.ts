import { describe, expect, test } from 'vitest';
import { scoreLogits } from '../engine/analysis/score';
import { parseStudioConfig } from '../engine/experiments/meta';
import type { EpochRecord, PairedChange, Score } from '../engine/base/records';
import type { DatasetSummary } from '../engine/dataset/types';
import type { RunResult } from '../protocol/results';
import { photosOf, runResult, scoreOf } from '../testing/runs';
import { baselineVerdict, finetuneVerdict } from './trainingVerdict';

const five = photosOf(5, 100);
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
const change = (won: number, lost: number, p: number): PairedChange => ({ won, lost, p });

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
      ...photosOf(3, 99),
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
    ['0.8 % of 120 classes', photosOf(120, 120), scoreOf(1, 120)],
    ['17.5 % where guessing gives 20', five, scoreOf(35, 200)],
    ['a little above guessing', five, scoreOf(24, 100)],
    ['one class for every photo, however right', photosOf(2, 100), { ...scoreOf(90, 100), named: 1 }],
  ])('with %s is never praised', (_, data, score) => {
    const verdict = baselineVerdict(baseline(score), data);
    expect(verdict.tone).toBe('doubt');
    expect(verdict).toMatchObject({ word: 'no better than guessing', next: 'trainLonger' });
  });

  test('with one answer for every photo has learned nothing, which one photo does not tell', () => {
    const said = (data: DatasetSummary, score: Score) => baselineVerdict(baseline({ ...score, named: 1 }), data);
    expect(said(photosOf(2, 100), scoreOf(50, 100)).sentence).toBe(
      'The network gives the same answer for every photo: it has learned nothing yet.',
    );
    const alone = said(photosOf(3, 3), scoreOf(1, 1));
    expect(alone).toMatchObject({ tone: 'doubt', word: 'too few photos to tell', figure: '100.0 %' });
    expect(alone.sentence).toMatch(/^Epoch 3 is right on 1 of 1 validation photo, .*: too few photos to tell\.$/);
    expect(said(photosOf(3, 3), scoreOf(0, 1)).sentence).toContain('no better than guessing (33.3 %)');
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
    const few = baselineVerdict(baseline(scoreOf(20, 25)), photosOf(5, 25));
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
    const fine = finetuneVerdict(
      tuned(scoreOf(1509, 2134), { sameView: null, ownView: many }),
      null,
      photosOf(5, 2134),
    );
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
