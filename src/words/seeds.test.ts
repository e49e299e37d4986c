import { expect, test } from 'vitest';
import { seedStudy } from '../testing/seeds';
import { seedChartSentence, seedLines } from './seeds';

test('the terminal says what the seeds came to, and whose the files are', () => {
  const study = seedStudy([42, 43]);
  const lines = seedLines(study);
  expect(lines[0]).toMatch(/^Over 2 seeds/);
  expect(lines.at(-1)).toBe('Weights and predictions are those of seed 43, the last.');
  expect(seedLines({ ...study, runs: ['trainTest'] }).join()).not.toContain('Weights');
});

test('a chart says how many seeds its run has been through, and has no interval of a single one', () => {
  const study = seedStudy([42, 43, 44]);
  const begun = {
    ...study,
    done: study.done.filter(({ run, seed }) => seed === 42 || (seed === 43 && run === 'baseline')),
  };
  expect(seedChartSentence(study, 'sweep', 1, 1)).toMatch(/^3 seeds \(42 to 44\)\. Mean and/);
  expect(seedChartSentence(begun, 'baseline', 1, 2)).toMatch(/^2 of 3 seeds\. Mean and .* all 2\.$/);
  expect(seedChartSentence(begun, 'sweep', 1, 1)).toBe('1 of 3 seeds. A mean and its interval take two.');
});
