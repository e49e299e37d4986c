import { expect, test } from 'vitest';
import { PRESET_CONFIGS } from '../engine/experiments/meta';
import type { KeptProject, ProjectContents } from '../protocol/projects';
import { keptSentence } from './saving';

const NOW = Date.parse('2026-01-01T12:00:00Z');
const said = (contents: Partial<ProjectContents>, savedMinutesAgo = 0) =>
  keptSentence(
    {
      id: 'a',
      name: 'pets',
      damages: [],
      bytes: 5 * 2 ** 20,
      openIn: null,
      deleted: false,
      contents: {
        place: 'files',
        savedAt: new Date(NOW - 60_000 * savedMinutesAgo).toISOString(),
        ended: ['baseline'],
        running: null,
        queued: 0,
        scores: { baseline: { accuracy: 0.5, count: 1000 } },
        ...contents,
      },
    } satisfies KeptProject,
    NOW,
  );

test('a kept project says what it comes to, when it was saved, and its size', () => {
  expect(said({})).toBe('Baseline 50.0 %: results and weights as they were. Saved just now, 5.0 MiB.');
  // Two clocks may differ by a little.
  expect(said({}, -1)).toContain('Saved just now');
  expect(said({}, 90)).toContain('Saved 1 h 30 min ago, 5.0 MiB.');
  expect(said({ scores: {}, ended: ['sweep', 'sweep'] })).toMatch(/^Test resolution: results/);
});

test('where a run was going on, how far it is and what waits behind it', () => {
  const running = { run: 'baseline', config: PRESET_CONFIGS.quick, epoch: 2, trained: 0, measured: false } as const;
  const sentence = said({ scores: {}, running, queued: 2 });
  expect(sentence).toContain('epoch 2 of');
  expect(sentence).toContain('2 runs are queued behind it.');
});

test('of one whose index is broken, nothing is said that nobody knows', () => {
  const broken = { id: 'a', name: 'a', contents: null, damages: ['project.0'], bytes: 0, openIn: null, deleted: false };
  expect(keptSentence(broken, NOW)).toMatch(/^It cannot be opened/);
});
