import { describe, expect, test } from 'vitest';
import { parseStudioConfig } from '../engine/experiments/meta';
import type { PairedChange, Score, Selection } from '../engine/base/records';
import type { DatasetSummary } from '../engine/dataset/types';
import type { RunResult } from '../protocol/results';
import { photosOf, runResult, scoreOf, sweepPoint } from '../testing/runs';
import { choiceSentence, leaderName, leaderStep, leaderTitle, leadingSizes, sweepVerdict } from './sizeVerdict';

const five = photosOf(5, 100);
const config = parseStudioConfig({ sweepSizes: '32,48,64', trainSize: 48 });
const change = (won: number, lost: number, p: number): PairedChange => ({ won, lost, p });
const sweep = (scores: Record<number, Score>, parts: Partial<RunResult> = {}) =>
  runResult('sweep', {
    config,
    points: Object.entries(scores).map(([size, score]) => sweepPoint(Number(size), score)),
    ...parts,
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
    expect(said(scoreOf(1, 1), photosOf(3, 3))).toBe(
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

  test('names all sizes that are as high, of which the best is the smallest', () => {
    const at = (...right: number[]) => {
      const sizes = [32, 48, 64, 96].slice(0, right.length);
      const scores = Object.fromEntries(right.map((correct, i) => [sizes[i]!, scoreOf(correct, 100)]));
      return sweep(scores, { config: { ...config, sweepSizes: sizes } });
    };
    const title = (run: RunResult) => leaderTitle(run, five.classes);
    expect(title(at(22, 21, 22))).toBe('Highest: 32 and 64 px');
    expect(title(at(22, 22, 22))).toBe('Highest: 32–64 px');
    expect(title(at(22, 22, 21, 22))).toBe('Highest: 3 sizes');
    expect(title(at(70, 60, 70))).toBe('Most accurate: 32 and 64 px');
    expect(sweepVerdict(at(70, 60, 70), five).figure).toBe('most accurate 32 and 64 px');
    expect(leadingSizes(at(70, 60, 70), 'best')).toBe('32 px');
    expect(sweepVerdict({ ...at(22, 22), config, ended: 'stopped' }, five).sentence).toBe(
      '2 sizes measured so far; 32 and 48 px lead with 22.0 %.',
    );
    const byF1 = { ...at(22, 21, 22), config: { ...config, selectBy: 'macroF1' as const } };
    const points = byF1.points.map((point) => ({ ...point, macroF1: 0.2 }));
    expect(title({ ...byF1, points })).toBe('Accuracy at 32 px, highest macro F1, as at 48 and 64 px');
  });

  test('calls a step’s size best only where it may be called so', () => {
    const step = (run: RunResult) => leaderStep(run, five.classes);
    const scores = { 32: scoreOf(40, 100), 48: scoreOf(50, 100), 64: scoreOf(70, 100) };
    const guess = sweep({ 32: scoreOf(22, 100), 48: scoreOf(22, 100), 64: scoreOf(20, 100) });
    const better = recommendation(64, change(25, 5, 0.0003), [64]);
    expect(step(sweep(scores, { recommendation: better }))).toBe('best size');
    expect(step(sweep(scores))).toBe('most accurate size');
    expect(step(guess)).toBe('highest accuracy');
    expect(step({ ...guess, config: { ...config, selectBy: 'macroF1' } })).toBe('highest macro F1');
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
