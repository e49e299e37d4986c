import { expect, test } from 'vitest';
import { parseStudioConfig, PRESET_CONFIGS } from '../../engine/experiments/meta';
import { qualityOf } from '../../testing/quality';
import { datasetSummary, runResult, scoreOf, sweepPoint } from '../../testing/runs';
import { seedStudy } from '../../testing/seeds';
import { type SeedPlan, type SeedStudy, withSeedRun } from '../../protocol/queue';
import type { RunResult } from '../../protocol/results';
import type { MetricsParts } from '../exports';
import { chartHtml } from './chart';
import { commandOf } from './command';
import { markup, raw } from './html';
import { reportHtml } from './report';

const EVIL = '<img src=x onerror=alert(1)>"&\u202Egpj';
const dataset = datasetSummary({
  name: EVIL,
  classes: ['rust', EVIL].map((name) => ({ name, train: 10, validation: 5, test: 0 })),
});

const labels = Int32Array.from([0, 0, 0, 0, 0, 1, 1, 1, 1, 1]);
const predictions = Int32Array.from([0, 0, 0, 0, 1, 1, 1, 1, 0, -1]);
const record = (epoch: number, correct: number) => ({
  step: epoch,
  record: {
    epoch,
    train: scoreOf(5, 10),
    validation: scoreOf(correct, 10),
    best: true,
    seconds: 1,
    imagesPerSecond: 1,
  },
});
const parts: MetricsParts = {
  dataset,
  fromSample: false,
  orientations: null,
  adapter: null,
  userAgent: EVIL,
  results: {
    baseline: runResult('baseline', { epochs: [record(1, 6), record(2, 7)] }),
    sweep: runResult('sweep', { points: [sweepPoint(64, scoreOf(7, 10)), sweepPoint(96, scoreOf(8, 10))] }),
    finetune: runResult('finetune', { config: parseStudioConfig({ tuneLr: 0.5 }), epochs: [record(1, 9)] }),
  },
  weights: null,
  slot: 'best',
  answers: {
    labels,
    steps: [{ step: 'finetune', size: 96, resize: 110, predictions, quality: qualityOf(labels, predictions, 2) }],
    changes: [],
  },
  apparent: {
    known: true,
    photos: 10,
    views: [{ size: 64, resize: 73, bins: [{ from: 0.42, to: 0.61, ratio: 0.5, count: 10, correct: 7 }] }],
  },
  seeds: seedStudy([42, 43, 44]),
  proofs: [],
  now: '2026-11-29T00:00:00Z',
};

test('the page holds what was found, and nothing that is fetched or run', () => {
  const page = reportHtml(parts);
  for (const said of [
    'Accuracy by test resolution',
    'Baseline over seeds',
    'Accuracy by apparent size',
    '0.42 to 0.61',
    'Macro F1',
    'Reliability',
    '96 px',
    '--seeds 3',
    'What 3 seeds came to together stands under Figures.',
  ])
    expect(page).toContain(said);
  expect(page.match(/<svg /g)!.length).toBe(page.match(/<figure>/g)!.length);
  expect(page).not.toMatch(/<(script|link|iframe|img)|<[^>]*\b(src|href)=|url\(|@import/i);
  expect(page).not.toMatch(/NaN|undefined|Infinity|\[object/);
});

test('sizes that are equally good are named together', () => {
  const points = [64, 96].map((size) => sweepPoint(size, scoreOf(8, 10)));
  const page = reportHtml({ ...parts, results: { sweep: runResult('sweep', { points }) } });
  expect(page).toContain('Test size of the highest accuracy, 64 and 96 px');
});

test('names are text, whatever they say', () => {
  const page = reportHtml(parts);
  expect(page).not.toContain('<img');
  expect(page).not.toContain('\u202E');
  expect(page).toContain('&lt;img src=x onerror=alert(1)&gt;&quot;&amp;gpj');
});

test('a session that has found nothing has a page that says so', () => {
  const page = reportHtml({
    ...parts,
    results: {},
    apparent: null,
    seeds: null,
    answers: { labels: Int32Array.of(), steps: [], changes: [] },
  });
  expect(page).toContain('No step has been run.');
  expect(page).not.toContain('<svg');
});

test('what was found has every run, not the steps alone', () => {
  const rows = [7, 9].map((correct, i): RunResult['rows'][number] => ({
    name: `${i}`,
    views: 'test',
    trainSize: 64,
    testSize: 64,
    score: scoreOf(correct, 10),
    changed: null,
    epochs: 0,
    note: null,
    trained: [],
  }));
  const page = reportHtml({
    ...parts,
    results: {
      lrFinder: runResult('lrFinder'),
      framing: runResult('framing', { rows }),
      labels: runResult('labels', { ended: 'stopped' }),
      evaluate: runResult('evaluate', {
        evaluation: { score: scoreOf(8, 10), view: { kind: 'eval', resize: 80, crop: 64 } },
      }),
    },
    seeds: null,
  });
  expect(page).not.toContain('No step has been run.');
  expect(page).toContain('<h3>Learning rate</h3><p>The loss fell at no learning rate');
  expect(page).toMatch(/<h3>Framing<\/h3><p>(?!It has come to nothing)/);
  expect(page).toContain('<h3>Check the labels</h3><p>It has come to nothing yet.</p>');
  expect(page).toContain(
    '<h3>Accuracy check</h3><p>Of 10 validation photos 80.0 % (49.0 to 94.3 %) are right, with resize 80, centre crop 64.</p>',
  );
});

test('a setting that differs from run to run has a column a run, and one that does not is in all of them', () => {
  const page = reportHtml(parts);
  expect(page).toContain('<td>tuneLr</td><td>0.001</td><td>0.001</td><td>0.5</td>');
  expect(page).toContain('<td>trainSize</td><td>224</td><td>224</td><td>224</td>');
});

test('a setting says which step it is of, and those of experiments that were not made are left out', () => {
  const page = reportHtml(parts);
  expect(page).toMatch(/Epochs<\/th><td>Baseline<\/td><td>epochs<\/td>/);
  expect(page).toMatch(/Epochs<\/th><td>Fine-tune<\/td><td>tuneEpochs<\/td>/);
  expect(page).not.toContain('crossFolds');
  const folds = { ...parts.results, crossValidation: runResult('crossValidation', {}) };
  expect(reportHtml({ ...parts, results: folds })).toMatch(/<td>Cross-validation<\/td><td>crossFolds<\/td>/);
});

test('labels are doubted as far as the network may doubt them, and times can be read', () => {
  const page = reportHtml(parts);
  expect(page).toMatch(/Labels that may be wrong[^]{0,40}\d+ of \d+, by confident learning/);
  expect(page).toContain('Written 2026-11-29 00:00 UTC.');
});

test('the command takes the nearest preset, what differs from it, and what was chosen of the folder', () => {
  const config = { ...PRESET_CONFIGS.quick, epochs: 7, sweepSizes: [32, 64] };
  const usual = { runs: ['baseline', 'sweep'] as const, seeds: 1, opened: false };
  expect(commandOf(config, { ...usual, understood: {} })).toBe(
    'npm run headless -- --data PHOTOS --out RESULTS --preset quick --steps baseline,sweep --report --set epochs=7 sweepSizes=32,64',
  );
  const understood = { labelColumn: 'dx', leaveOutClasses: "Crow's foot, other" };
  expect(commandOf(PRESET_CONFIGS.quick, { ...usual, seeds: 3, understood })).toMatch(
    / --seeds 3 --report --set labelColumn=dx 'leaveOutClasses=Crow'\\''s foot, other'$/,
  );
  expect(commandOf(PRESET_CONFIGS.quick, { ...usual, understood: null })).toMatch(
    /^npm run headless -- --sample --out/,
  );
});

test('results are of a seed where they are those that it counted, and of other runs once steps were run again', () => {
  const plan: SeedPlan = { id: 1, runs: ['baseline', 'finetune'], seeds: [42, 43] };
  const withSeed = (result: RunResult, seed: number) => ({ ...result, config: { ...result.config, seed } });
  const [baseline, finetune] = [runResult('baseline', { epochs: [record(1, 7)] }), runResult('finetune')];
  const all = plan.seeds.flatMap((seed) => [baseline, finetune].map((result) => withSeed(result, seed)));
  const seeds = all.reduce<SeedStudy | null>((study, result) => withSeedRun(study, plan, result, null), null)!;
  const results = { baseline: withSeed(baseline, 43), finetune: withSeed(finetune, 43) };
  const counted = reportHtml({ ...parts, seeds, results });
  expect(counted).toContain('<p>Of seed 43: Baseline, Fine-tune. What 2 seeds came to together');
  expect(counted.match(/npm run headless/g)).toHaveLength(1);
  const config = parseStudioConfig({ seed: 43, tuneLr: 0.5, batchSize: 4 });
  const later = runResult('finetune', { config, epochs: [record(1, 9)] });
  const again = reportHtml({ ...parts, seeds, results: { ...results, finetune: later } });
  expect(again).toContain(
    'Of seed 43: Baseline. Of other runs, which figures over seeds do not count: Fine-tune. What',
  );
  expect(again).toMatch(
    /--steps baseline,finetune --seeds 2 --report<[^]*--steps baseline,finetune --report --set seed=43 tuneLr=0\.5</,
  );
  expect(again).toContain('what was run with other settings: Fine-tune (batchSize).');
});

test('the command has each step’s own settings, and an edited folder’s edits', () => {
  const edited = { ...dataset, settings: { edits: '{"a.jpg":{"leaveOut":true}}' } };
  const page = reportHtml({ ...parts, seeds: null, dataset: edited });
  expect(page).toMatch(/--set &#39;edits=\{&quot;a\.jpg&quot;:\{&quot;leaveOut&quot;:true\}\}&#39; tuneLr=0\.5/);
});

test('axes have some five round values that hold the range', () => {
  const ticksOf = (points: readonly (readonly [number, number])[], range?: readonly [number, number]) => {
    const curves = [{ name: 'a', color: 'train' as const, points: points.map(([x, y]) => ({ x, y })) }];
    const table = { columns: ['a'], rows: [] };
    const figure = chartHtml({ title: 't', sentence: 's', x: 'x', y: 'y', ...(range && { range }), curves, table });
    const ticks = (anchor: string) =>
      Array.from(figure.matchAll(new RegExp(`text-anchor="${anchor}">([^<a-z]+)<`, 'g')), ([, text]) => text);
    return { x: ticks('middle'), y: ticks('end') };
  };
  const two = [
    [1, 0.13],
    [2, 0.87],
  ] as const;
  expect(ticksOf(two, [0, 100]).y).toEqual(['0', '20', '40', '60', '80', '100']);
  expect(ticksOf(two, [0.13, 0.87]).y).toEqual(['0', '0.2', '0.4', '0.6', '0.8', '1']);
  // Epochs have no halves.
  expect(ticksOf(two).x).toEqual(['1', '2']);
  expect(ticksOf([[3, 1]]).x).toEqual(['3']);
  expect(ticksOf([[0.8381484547319914, 1]]).x).toEqual(['0.8381']);
});

test('a curve of one point is a point with its interval, in the drawing', () => {
  const curves = [{ name: 'a', color: 'train' as const, points: [{ x: 1, y: 50 }], band: [[40, 60] as const] }];
  const figure = chartHtml({
    title: 't',
    sentence: 's',
    x: 'x',
    y: 'y',
    range: [0, 100],
    curves,
    table: { columns: ['a'], rows: [] },
  });
  expect(figure).toContain('<circle cx="314" cy="135"');
  expect(figure).toContain('<line class="line" x1="314" x2="314" y1="159.2" y2="110.8"/>');
});

test('markup is put into markup as it is, and text is not', () => {
  expect(markup`<p>${'<b>'}${raw(markup`<i>${'&'}</i>`)}</p>`).toBe('<p>&lt;b&gt;<i>&amp;</i></p>');
});
