import { expect, test } from 'vitest';
import { parseStudioConfig } from '../engine/experiments/meta';
import { weightsInfo } from '../testing/runs';
import { recipeOf } from './recipe';

test('a run on weights is told at the size that these were trained at, a run that starts anew at the size set', () => {
  const made = parseStudioConfig({ trainSize: 32 });
  const link = { run: 'baseline', name: 'baseline, epoch 1', madeAt: '', data: null, view: null, score: null } as const;
  const weights = weightsInfo({ history: [{ ...link, config: made }] });
  const state = { config: parseStudioConfig({ trainSize: 64 }), sweep: null, weights };
  expect(recipeOf('framing', state)).toContain('5 crops at 32 px');
  expect(recipeOf('testTime', state).join()).toMatch(/,32 px, and/);
  expect(recipeOf('baseline', state)).toContain('64 px');
  expect(recipeOf('labels', state)).toContain('5 networks at 64 px');
  expect(recipeOf('framing', { ...state, weights: null })).toContain('5 crops at 64 px');
});
