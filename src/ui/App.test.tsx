import { Writable } from 'node:stream';
import { renderToPipeableStream } from 'react-dom/server';
import { expect, test, vi } from 'vitest';
import type { StageId, StudioState } from '../client/state';
import { createStudio } from '../client/studio';
import type { KeptProject } from '../protocol/projects';
import { seedStudy } from '../testing/seeds';
import { GOOD, keptOf, NOTHING_LEARNED, storyState } from '../testing/story';
import { App } from './App';

const READY: StudioState['machine'] = {
  status: 'ready',
  report: {
    vendor: 'a vendor',
    architecture: '',
    description: '',
    software: false,
    features: [],
    maxBufferBytes: 2 ** 30,
    maxBindingBytes: 2 ** 30,
    subgroupSize: null,
  } as unknown as Extract<StudioState['machine'], { status: 'ready' }>['report'],
};

/** The page as a browser gets to see it first, once all its parts are there; no chart is drawn without a frame to measure. */
async function drawn(state: Partial<StudioState>): Promise<string> {
  const studio = createStudio({ postMessage: () => undefined, addEventListener: () => undefined });
  studio.store.setState({ machine: READY, failure: null, ...state });
  // On a server React reads what a store began with.
  Object.assign(studio.store, { getInitialState: studio.store.getState });
  let html = '';
  const sink = new Writable({
    write(chunk: Buffer, _, done) {
      html += chunk.toString();
      done();
    },
  });
  const failures: unknown[] = [];
  await new Promise<void>((resolve) => {
    const stream = renderToPipeableStream(<App studio={studio} />, {
      onAllReady: () => stream.pipe(sink),
      onError: (error) => void failures.push(error),
    });
    sink.on('finish', resolve);
  });
  expect(failures).toEqual([]);
  return html;
}

vi.stubGlobal('localStorage', { getItem: () => null, setItem: () => undefined });

const TABS: Record<StageId, readonly string[]> = {
  photos: ['views', 'photos', 'copies'],
  baseline: ['accuracy', 'loss', 'epochs', 'log', 'setup'],
  sweep: ['accuracy', 'classes', 'curves', 'activations', 'table'],
  finetune: ['result', 'accuracy', 'log'],
  takehome: ['try', 'use'],
  experiments: ['chart'],
  runs: ['runs', 'sizes', 'losses'],
};

async function expectDrawn(state: Partial<StudioState>, stage: StageId, tab: string): Promise<void> {
  const html = await drawn({ ...state, kept: keptOf(GOOD), stage, tabs: { [stage]: tab } });
  expect(html.includes(`data-testid="stage-${stage}"`), `${stage}, ${tab}`).toBe(true);
}

test('every stage is drawn with nothing, with photos alone, and where nothing was learned', async () => {
  for (const state of [{}, storyState({}), storyState(NOTHING_LEARNED)]) {
    for (const [stage, [tab]] of Object.entries(TABS)) await expectDrawn(state, stage as StageId, tab!);
  }
}, 120_000);

test('every tab of every stage is drawn with results, of few classes and of many', async () => {
  const [few, many] = [storyState(GOOD), storyState({ ...GOOD, classes: 120 })];
  for (const [stage, tabs] of Object.entries(TABS)) {
    for (const tab of tabs) await expectDrawn(few, stage as StageId, tab);
  }
  for (const tab of TABS.sweep) await expectDrawn(many, 'sweep', tab);
}, 120_000);

test('what a run came to with several seeds is shown where its present result has gone', async () => {
  const state = { ...storyState({}), seeds: seedStudy([42, 43]), experiment: 'trainTest' as const };
  for (const stage of ['baseline', 'sweep', 'finetune', 'experiments'] as const)
    expect((await drawn({ ...state, stage })).includes('data-testid="tab-seeds"'), stage).toBe(true);
  expect((await drawn({ ...state, stage: 'sweep', seeds: null })).includes('tab-seeds')).toBe(false);
}, 60_000);

test('what has learned nothing is told so, wears no tick, and is to be trained longer', async () => {
  const html = await drawn({ ...storyState(NOTHING_LEARNED), stage: 'baseline' });
  expect(/data-testid="nav-baseline"[^>]*data-mood="doubt"/.test(html)).toBe(true);
  expect(/data-next="trainLonger"/.test(html)).toBe(true);
  expect(html.includes('no better than guessing')).toBe(true);
});

test('what paid is told with its gain, and leads to the next step', async () => {
  const html = await drawn({ ...storyState(GOOD), stage: 'finetune' });
  expect(/data-testid="nav-finetune"[^>]*data-mood="done"/.test(html)).toBe(true);
  expect(/data-next="export"/.test(html)).toBe(true);
  expect(html.includes('Fine-tuning paid')).toBe(true);
});

test('photos that were changed after their project was kept say so, with a way to the changes', async () => {
  const photos: Partial<StudioState> = { ...storyState(GOOD), stage: 'photos' };
  expect((await drawn(photos)).includes('Change them again')).toBe(false);
  expect((await drawn({ ...photos, laterEdits: '{}' })).includes('Change them again')).toBe(true);
});

test('what keeps a project from opening is told in its own row, with the ways on', async () => {
  const projects = ['pets', 'dogs', 'birds'].map((name): KeptProject => ({
    id: name,
    name,
    contents: { place: 'folder', savedAt: '2026-01-01', ended: ['baseline'], running: null, queued: 0, scores: {} },
    damages: [],
    bytes: 2 ** 20,
    openIn: null,
    deleted: false,
  }));
  const failure: StudioState['failure'] = {
    during: 'opening',
    error: { code: 'bad-dataset', message: 'The browser has no leave to read birds' },
    fatal: false,
  };
  const wanted = { id: 'birds', name: 'birds', tried: null, refused: true };
  const html = await drawn({ projects, failure, wanted, kept: keptOf(GOOD) });
  // The third is not among those used last, but is what it is about.
  const [above, ...rows] = html.split('data-testid="kept-project"');
  expect(rows.map((row) => /data-project="(\w+)"/.exec(row)?.[1])).toEqual(['pets', 'dogs', 'birds']);
  for (const part of [above, rows[0], rows[1]]) expect(part!.includes('data-testid="error"')).toBe(false);
  for (const way of ['no leave to read birds', 'Ask again', 'Choose its folder again', 'See its figures'])
    expect(rows[2]!.includes(way), way).toBe(true);
});
