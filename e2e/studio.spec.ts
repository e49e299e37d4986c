/** The studio's whole job, as a person does it: photos in, baseline, sweep, fine-tune, weights out, weights back in. */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, type Page, test } from '@playwright/test';
import type { RunResult } from '../src/protocol/results';
import { metricsErrors } from '../src/testing/metricsSchema';
import { CLASSES, makeKaggleFolder, temporaryFolder, TRAIN_PER_CLASS, VALIDATION_PER_CLASS } from './photos';
import {
  begins,
  chooseFolder,
  closeSettings,
  dropFolder,
  expectState,
  findField,
  goTo,
  onePage,
  openStudio,
  runDirectly,
  runToEnd,
  showTab,
  startRun,
  stateOf,
  TINY,
} from './studio';
import { readHeader } from './weights';

const TRAIN = CLASSES.length * TRAIN_PER_CLASS;
const VALIDATION = CLASSES.length * VALIDATION_PER_CLASS;

// As a person's browser has it.
test.use({ serviceWorkers: 'allow' });

test.describe.configure({ mode: 'serial' });

/** Pooled features of the network of eight channels. */
const FEATURES = 64;

const FILES = { weights: 'weights.safetensors', metrics: 'metrics.json', predictions: 'predictions.csv' };

let photos: string;
let downloads: string;
let page: Page;
let measured: NonNullable<RunResult['evaluation']>;

onePage(async (opened) => {
  photos = makeKaggleFolder();
  downloads = temporaryFolder('downloads');
  page = opened;
  await page.addInitScript(() => {
    const tasks: number[] = [];
    new PerformanceObserver((list) => tasks.push(...list.getEntries().map((entry) => entry.duration))).observe({
      entryTypes: ['longtask'],
    });
    Object.assign(window, { longTasks: tasks });
  });
  await openStudio(page);
});

test('a dropped folder is understood and shown', async () => {
  await dropFolder(page, photos);
  const stage = await goTo(page, 'photos');
  const summary = await stateOf(page, (s) => s.dataset);
  expect(summary).toMatchObject({ trainCount: TRAIN, validationCount: VALIDATION, warnings: [] });
  expect(summary?.classes).toEqual(
    CLASSES.map((name) => ({ name, train: TRAIN_PER_CLASS, validation: VALIDATION_PER_CLASS, test: 0 })),
  );
  for (const name of CLASSES) await expect(stage.getByText(name, { exact: true }).first()).toBeVisible();
  await showTab(page, 'photos');
  await expect(stage.locator('img').first()).toBeVisible();
});

test('the settings take what is typed, and refuse what cannot be', async () => {
  await goTo(page, 'baseline');
  await (await findField(page, 'arch')).click();
  await page.getByRole('option', { name: 'ResNet-18', exact: true }).click();
  expect(await stateOf(page, (s) => s.config.arch)).toBe('resnet18');
  await page.evaluate((config) => window.studio.setConfig(config), { arch: TINY.arch! });
  const { arch, sweepSizes, tuneEpochs, lr, ...typed } = TINY;
  for (const [key, value] of Object.entries(typed)) {
    await (await findField(page, key as keyof typeof typed)).fill(String(value));
  }
  const epochs = await findField(page, 'epochs');
  await epochs.fill('none');
  await expect(page.getByText(/epochs must be a whole number/i)).toBeVisible();
  await epochs.fill(String(TINY.epochs));
  // Its beginnings are such numbers.
  await epochs.blur();
  await epochs.clear();
  await epochs.pressSequentially('1000000');
  await epochs.blur();
  await expect(epochs).toHaveValue(String(TINY.epochs));
  await expect(page.getByText(`It stays ${TINY.epochs}.`)).toBeVisible();
  const decay = await findField(page, 'weightDecay');
  await decay.clear();
  await decay.pressSequentially('0,05');
  expect(await stateOf(page, (s) => s.config.weightDecay)).toBe(0.05);
  await page.getByRole('button', { name: 'Reset weight decay' }).click();
  await closeSettings(page);
  await goTo(page, 'sweep');
  await (await findField(page, 'sweepSizes')).fill(String(sweepSizes));
  await closeSettings(page);
  await goTo(page, 'finetune');
  await (await findField(page, 'tuneEpochs')).fill(String(tuneEpochs));
  await closeSettings(page);
  await page.evaluate((rate) => window.studio.setConfig({ lr: rate }), lr);
  expect(await stateOf(page, (s) => s.config)).toMatchObject({ ...typed, arch, sweepSizes, tuneEpochs, lr });
});

test('a learning rate is searched for, drawn and taken over', async () => {
  const stage = await goTo(page, 'baseline');
  await (await findField(page, 'lrFinderSteps')).fill('20');
  await findField(page, 'lr');
  await page.getByTestId('find-rate').click();
  await expectState(page, (s) => s.run.run).toBe('lrFinder');
  await runToEnd(page);
  const search = (await stateOf(page, (s) => s.lrFinder))!;
  expect(search).toMatchObject({ ended: 'done', rates: [{ lr: 1e-7 }, ...search.rates.slice(1)] });
  expect(search.rates.length).toBeGreaterThan(10);
  const chart = stage.getByRole('figure', { name: 'Loss by learning rate' });
  await expect(chart.locator('.recharts-line-curve')).toHaveCount(2);
  await chart.getByTestId('use-rate').click();
  const taken = await stateOf(page, (s) => s.config.lr);
  expect(taken).toBe(Number(search.suggestedRates!.valley.toPrecision(2)));
  await expect(await findField(page, 'lr')).toHaveValue(String(taken));
  // The next tests train at their own.
  await page.getByTestId('field-lr').fill(String(TINY.lr));
  await closeSettings(page);
  expect(await stateOf(page, (s) => s.weights)).toBeNull();
});

test('the baseline trains, pauses, resumes and ends', async () => {
  await page.evaluate(() => (window as unknown as { longTasks: number[] }).longTasks.splice(0));
  await startRun(page, 'baseline');
  await expectState(page, (s) => s.baseline?.lastStep?.globalStep ?? 0).toBeGreaterThan(0);

  await page.getByTestId('pause').click();
  await expect(page.getByTestId('run-state')).toHaveAttribute('data-state', 'paused');
  // What was under way when the button was pressed may still arrive: then nothing does for longer than two steps take.
  const reached = () => stateOf(page, (s) => JSON.stringify([s.baseline, s.progress]));
  await expect(async () => {
    const held = await reached();
    await page.waitForTimeout(3000);
    expect(await reached()).toBe(held);
  }).toPass({ timeout: 20_000, intervals: [0] });

  await page.getByTestId('resume').click();
  await runToEnd(page);
  const baseline = await stateOf(page, (s) => s.baseline);
  expect(baseline).toMatchObject({ ended: 'done', size: TINY.trainSize });
  expect(baseline?.epochs.map(({ record }) => record.epoch)).toEqual([1, 2]);
  expect(baseline?.lastStep?.globalStep).toBe(2 * Math.ceil(TRAIN / 8));
  for (const { record } of baseline?.epochs ?? []) {
    expect(record.train.count).toBe(TRAIN);
    expect(record.validation.count).toBe(VALIDATION);
    expect(record.train.loss).toBeGreaterThan(0);
  }
  expect(baseline?.epochs[0]?.record.best).toBe(true);
  await showTab(page, 'log');
  const log = page.getByTestId('log');
  await expect(log).toContainText(
    /Epoch: 02 \| Epoch Time: \d+m \d+s\n\tTrain Loss: \d\.\d{3} \| Train Acc: \d+\.\d{2}%\n/,
  );
  await expect(log).toContainText(/Training complete in \d+m \d+s\nBest val Acc: 0\.\d{6}/);

  const tasks = await page.evaluate(() => (window as unknown as { longTasks: number[] }).longTasks);
  const longest = Math.round(Math.max(0, ...tasks));
  test
    .info()
    .annotations.push({ type: 'main-thread tasks over 50 ms', description: `${tasks.length}, ≤ ${longest} ms` });
});

test('the sweep measures every size and the baseline beside them', async () => {
  await startRun(page, 'sweep');
  await runToEnd(page);
  const sweep = await stateOf(page, (s) => s.sweep);
  expect(sweep?.points.map(({ size, resize }) => [size, resize])).toEqual([
    [32, 40],
    [48, 60],
    [64, 80],
  ]);
  expect(sweep?.reference).toMatchObject({ size: 32, count: VALIDATION });
  for (const { activations } of sweep?.points ?? []) {
    expect(activations.count).toBe(VALIDATION * FEATURES);
    expect(activations.cdf.at(-1)?.p).toBeGreaterThan(0.998);
  }
  await expect(page.getByTestId('stage-sweep').locator('svg').first()).toBeVisible();
});

test('the fine-tuning runs at the best size', async () => {
  await startRun(page, 'finetune');
  await runToEnd(page);
  const { sweep, finetune } = await stateOf(page, (s) => ({ sweep: s.sweep, finetune: s.finetune }));
  const best = Math.max(...(sweep?.points ?? []).map((point) => point.accuracy));
  const bestSizes = sweep?.points.filter((point) => point.accuracy === best).map((point) => point.size) ?? [];
  expect(finetune).toMatchObject({ ended: 'done' });
  expect(finetune?.epochs).toHaveLength(1);
  expect(finetune?.size).toBe(Math.min(...bestSizes));

  expect(finetune?.shift?.reference?.size).toBe(32);
  expect(finetune?.shift?.after.count).toBe(VALIDATION * FEATURES);
  const stage = page.getByTestId('stage-finetune');
  await showTab(page, 'activations');
  const shift = stage.getByRole('figure', { name: 'Pooled activations before and after' });
  await expect(shift.locator('.recharts-line-curve')).toHaveCount(finetune?.size === 32 ? 2 : 3);
  await shift.getByRole('button', { name: /^Logarithmic axis/ }).click();
  await expect(shift.getByText('activation, logarithmic')).toBeVisible();

  await expect(page.getByTestId('changes').getByText(/^From baseline, 32\spx to fine-tuned/)).toBeVisible();
  await showTab(page, 'confusions');
  await expect(stage.getByRole('rowheader', { name: CLASSES[0] })).toBeVisible();
  await showTab(page, 'classes');
  await expect(page.getByTestId('deltas').getByText(CLASSES[0])).toBeVisible();
});

test('how large things look is worked out from the photos’ own sizes', async () => {
  await goTo(page, 'photos');
  await showTab(page, 'apparent');
  const panel = page.getByTestId('apparent');
  await panel.getByRole('button', { name: /^Show as table/ }).click();
  // Whatever the photos' size: 0.915 times as large at 32 px of 40 as at 32 px in training, for photos of 4 to 3.
  await expect(panel.getByRole('row', { name: /^32 px of 40 48\.\d % 0\.9/ })).toBeVisible();
  await expect(panel.getByText(/From the sizes of \d+ photos/)).toBeVisible();
});

test('experiments beyond the three steps fill tables of their own', async () => {
  const stage = await goTo(page, 'experiments');
  await page.getByTestId('experiment').selectOption('adaptation');
  await begins(page, () => page.getByTestId('start').click());
  await runToEnd(page);
  const rows = await stateOf(page, (s) => s.experiments.adaptation?.rows ?? []);
  // Two sizes besides the one trained at, three ways each.
  expect(rows.map(({ testSize, score }) => [testSize, score.count])).toEqual(
    [48, 48, 48, 64, 64, 64].map((size) => [size, VALIDATION]),
  );
  await expect(stage.locator('svg.recharts-surface')).toBeVisible();
  await showTab(page, 'table');
  await expect(stage.getByRole('cell', { name: 'one Fréchet law' }).first()).toBeVisible();
  await runDirectly(page, 'progressive');
  expect(await stateOf(page, (s) => s.experiments.progressive)).toMatchObject({ ended: 'done' });
  // The three steps' results and weights stay.
  const { finetune, weights } = await stateOf(page, (s) => ({
    finetune: s.finetune?.ended,
    weights: s.weights?.origin,
  }));
  expect(finetune).toBe('done');
  expect(weights).toMatch(/fine-tuning|baseline/);
});

test('each chart says what it has to do with the method, on demand', async () => {
  await goTo(page, 'sweep');
  await showTab(page, 'activations');
  await page.getByTestId('guide-activations').click();
  await expect(page.getByText('FixRes, section 3.2')).toBeVisible();
  await page.keyboard.press('Escape');
  await expect(page.getByText('FixRes, section 3.2')).toBeHidden();
});

test('both rules of the paper are worked out for any size', async () => {
  await goTo(page, 'experiments');
  await page.getByTestId('experiment').selectOption('lowResolution');
  const calculator = page.getByTestId('calculator');
  await expect(calculator).toContainText('Trained at 32 px: test at 40 px, or 32 px, the nearest multiple of 32');
  await calculator.getByRole('textbox').fill('224');
  await expect(calculator).toContainText('Trained at 224 px: test at 280 px, or 288 px, the nearest multiple of 32');
  await expect(calculator).toContainText('Tested at 224 px: train at 179.2 px, or 192 px');
  await expect(calculator).toContainText('the last map is 7 x 7');
  await calculator.getByRole('textbox').fill('179');
  await expect(calculator).toContainText('At 179 px the last map is 6 x 6 as at 192 px');
});

test('every run is kept, and laid over published ones', async () => {
  const stage = await goTo(page, 'runs');
  const curves = stage.locator('.recharts-line-curve');
  await showTab(page, 'sizes');
  const own = await curves.count();
  expect(own).toBeGreaterThan(0);
  await page.getByTestId('published-blog').check();
  await expect(curves).toHaveCount(own + 2);
  await showTab(page, 'runs');
  await stage
    .getByLabel(/^Note of /)
    .first()
    .fill('kept by a test');
  await stage
    .getByLabel(/^Note of /)
    .first()
    .blur();
  const shelved = () =>
    page.evaluate(async () => {
      const request = indexedDB.open('fixres-studio');
      const database = await new Promise<IDBDatabase>((resolve) => {
        request.onsuccess = () => resolve(request.result);
      });
      const all = database.transaction('runs').objectStore('runs').getAll() as IDBRequest<{ note?: string }[]>;
      return new Promise<string[]>((resolve) => {
        all.onsuccess = () => resolve(all.result.flatMap(({ note }) => note ?? []));
      });
    });
  await expect.poll(shelved).toEqual(['kept by a test']);
  await stage
    .getByLabel(/^Delete /)
    .first()
    .click();
  await expect.poll(shelved).toEqual([]);
  await stage.getByRole('button', { name: 'Undo' }).click();
  await expect.poll(shelved).toEqual(['kept by a test']);
});

test('the files can be taken home', async () => {
  await runDirectly(page, 'evaluate');
  measured = (await stateOf(page, (s) => s.evaluate?.evaluation))!;
  await goTo(page, 'takehome');
  for (const [kind, name] of Object.entries(FILES)) {
    const download = page.waitForEvent('download');
    await page.getByTestId(`download-${kind}`).click();
    await (await download).saveAs(path.join(downloads, name));
  }

  const { tensors, metadata } = readHeader(path.join(downloads, FILES.weights));
  expect(tensors['conv1.weight']).toMatchObject({ dtype: 'F32', shape: [8, 3, 7, 7] });
  expect(tensors['layer4.0.bn2.running_var']).toMatchObject({ shape: [FEATURES] });
  expect(tensors['fc.weight']).toMatchObject({ shape: [CLASSES.length, FEATURES] });
  for (const name of CLASSES) expect(JSON.stringify(metadata)).toContain(name);

  const metrics: unknown = JSON.parse(readFileSync(path.join(downloads, FILES.metrics), 'utf8'));
  expect(metricsErrors(metrics)).toEqual([]);
  expect(metrics).toMatchObject({ config: { arch: TINY.arch, batchSize: 8 } });
  const { runs } = metrics as { runs: Record<string, { rows: unknown[]; recommendation: { best: number } }> };
  expect(runs['adaptation']?.rows).toHaveLength(6);
  expect(TINY.sweepSizes).toContain(runs['sweep']?.recommendation.best);
  const { steps } = metrics as { steps: { step: string; confusion: number[][] }[] };
  expect(steps.map(({ step }) => step)).toEqual(['baseline', 'sweep', 'finetune']);
  expect(steps[2]?.confusion.flat().reduce((sum, n) => sum + n, 0)).toBe(VALIDATION);
  expect(Object.keys(metrics as object)).toEqual(expect.arrayContaining(['config', 'runs', 'environment']));

  const [header, ...rows] = readFileSync(path.join(downloads, FILES.predictions), 'utf8').trim().split(/\r?\n/);
  expect(header).toMatch(/^image_id,label,predicted,/);
  expect(header?.split(',')).toHaveLength(4 + CLASSES.length);
  const { predictions } = metrics as { predictions: { resize: number; crop: number } };
  for (const row of rows) expect(row).toContain(`resize ${predictions.resize}, centre crop ${predictions.crop}`);
  expect(rows).toHaveLength(VALIDATION);
});

test('the weights come back to the same validation accuracy', async ({ browser }) => {
  const visit = await browser.newPage();
  await openStudio(visit);
  await chooseFolder(visit, photos);
  await visit.evaluate((config) => window.studio.setConfig(config), TINY);
  await goTo(visit, 'takehome');
  await visit.getByTestId('weights-input').setInputFiles(path.join(downloads, FILES.weights));
  await expectState(visit, (s) => s.weights?.origin).toContain('weights.safetensors');
  await runDirectly(visit, 'evaluate');
  const again = (await stateOf(visit, (s) => s.evaluate?.evaluation))!;
  expect(again.score.correct).toBe(measured.score.correct);
  expect(again.score.loss).toBeCloseTo(measured.score.loss, 4);
  await visit.close();
});
