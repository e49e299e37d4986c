import { expect, test } from 'vitest';
import { seedStudy } from '../testing/seeds';
import { seedLines } from './seeds';

test('the terminal says what the seeds came to, and whose the files are', () => {
  const study = seedStudy([42, 43]);
  const lines = seedLines(study);
  expect(lines[0]).toMatch(/^Over 2 seeds/);
  expect(lines.at(-1)).toBe('Weights and predictions are those of seed 43, the last.');
  expect(seedLines({ ...study, runs: ['trainTest'] }).join()).not.toContain('Weights');
});
