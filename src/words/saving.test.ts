import { expect, test } from 'vitest';
import { PRESET_CONFIGS } from '../engine/experiments/meta';
import type { RunState } from '../protocol/messages';
import type { KeptProject, ProjectContents } from '../protocol/projects';
import { keptSentence, lostSentence, notSavedSentence } from './saving';

const NOW = Date.parse('2026-01-01T12:00:00Z');
const PETS: KeptProject = {
  id: 'a',
  name: 'pets',
  damages: [],
  bytes: 5 * 2 ** 20,
  openIn: null,
  deleted: false,
  contents: {
    place: 'files',
    savedAt: new Date(NOW).toISOString(),
    ended: ['baseline'],
    running: null,
    queued: 0,
    scores: { baseline: { accuracy: 0.5, count: 1000 } },
  },
};
const said = (contents: Partial<ProjectContents>, savedMinutesAgo = 0) => {
  const savedAt = new Date(NOW - 60_000 * savedMinutesAgo).toISOString();
  return keptSentence({ ...PETS, contents: { ...PETS.contents!, savedAt, ...contents } }, NOW);
};

test('a kept project says what it comes to, when it was saved, and its size', () => {
  expect(said({})).toBe('Baseline 50.0 %: results and weights as they were. Saved just now, 5.0 MiB.');
  // Two clocks may differ by a little.
  expect(said({}, -1)).toContain('Saved just now');
  expect(said({}, 90)).toContain('Saved 1 h 30 min ago, 5.0 MiB.');
  expect(said({ scores: {}, ended: ['sweep', 'sweep'] })).toMatch(/^Test resolution: results/);
});

test('where a run was going on, from where it goes on and what waits behind it', () => {
  const running = { run: 'baseline', config: PRESET_CONFIGS.quick, epoch: 2, trained: 0, measured: false } as const;
  const sentence = said({ scores: {}, running, queued: 2 });
  expect(sentence).toMatch(/^Baseline was interrupted and goes on in epoch 2 of \d+, where it was saved last\. 2 runs/);
  expect(sentence).toContain('2 runs are queued behind it.');
});

test('of one that is open, whether its run is going on', () => {
  const running = { run: 'baseline', config: PRESET_CONFIGS.quick, epoch: 2, trained: 0, measured: false } as const;
  const project: KeptProject = { ...PETS, contents: { ...PETS.contents!, scores: {}, running } };
  const open = (openIn: KeptProject['openIn'], state: RunState) => keptSentence({ ...project, openIn }, NOW, state);
  expect(open('here', 'running')).toMatch(/^Baseline is running\. Saved/);
  expect(open('here', 'paused')).toMatch(/^Baseline is paused\. Saved/);
  for (const said of [open('here', 'idle'), open(null, 'running')]) expect(said).toMatch(/^Baseline was interrupted/);
  expect(open('elsewhere', 'idle')).toMatch(/^Baseline has not ended\. Saved/);
});

test('of one whose index is broken, nothing is said that nobody knows', () => {
  const broken = { id: 'a', name: 'a', contents: null, damages: ['project.0'], bytes: 0, openIn: null, deleted: false };
  expect(keptSentence(broken, NOW)).toMatch(/^It cannot be opened/);
});

test('of one that was stopped before anything had ended, that', () => {
  expect(said({ scores: {}, ended: [] })).toMatch(/^Nothing has ended yet/);
});

test('where the disk is full it is said what could go, and how much that is', () => {
  const others = [
    { name: 'pets', bytes: 3 * 2 ** 30 },
    { name: 'leaves', bytes: 2 ** 20 },
  ];
  const sentence = notSavedSentence('there is no more room for it', { count: 9, bytes: 2 ** 30 }, others);
  expect(sentence).toContain('9 smaller copies of photos take 1.0 GiB');
  expect(sentence).toContain('pets (3.0 GiB) and leaves (1.0 MiB)');
  expect(notSavedSentence('no', null, [])).toContain('Free some storage, or allow it.');
});

test('of weights that are lost it is said which, what is whole, and how to have them again', () => {
  expect(lostSentence(['finetune'], ['baseline'], ['finetune.1: broken payload'])).toBe(
    'Damaged on the disk and lost: the fine-tuned weights (finetune.1: broken payload). Whole: the baseline’s weights and all results and settings. To have again what is lost, fine-tune again, or open the file if you downloaded one.',
  );
  const two = lostSentence(['baseline', 'evaluations'], ['imported'], []);
  expect(two).toContain('lost: the baseline’s weights and the predictions for single photos. Whole: the weights');
  expect(two).toContain(
    'measure the test sizes again. Until then the next steps work on the weights that were opened.',
  );
});
