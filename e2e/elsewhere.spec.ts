/** A run begun in the page, gone on with under torchrun by two ranks, whose folder of results is dropped on the page. */
import { spawnSync } from 'node:child_process';
import path from 'node:path';
import { expect, type Page, test } from '@playwright/test';
import { pythonHas } from '../src/testing/python';
import { addTinyNetwork, recordsIn, runThere, told } from '../src/testing/torchrun';
import { makeClassFolders, temporaryFolder } from './photos';
import {
  chooseFolder,
  configure,
  dropFolder,
  expectState,
  goTo,
  onePage,
  openStudio,
  runDirectly,
  showTab,
  stateOf,
} from './studio';

test.skip(!pythonHas('torch', 'torchvision', 'PIL'), 'needs python3-torch and python3-torchvision');

test.describe.configure({ mode: 'serial' });

const photos = makeClassFolders();
const folder = temporaryFolder('elsewhere');
const results = path.join(folder, 'results');
let page: Page;
onePage(async (opened) => {
  page = opened;
  await openStudio(page);
});

test('a baseline of the page is handed over', async () => {
  await chooseFolder(page, photos);
  await configure(page, { arch: 'tiny18', epochs: 1, sweepSizes: [32, 48], tuneSize: 48 });
  await runDirectly(page, 'baseline');

  await goTo(page, 'takehome');
  const started = page.waitForEvent('download');
  await page.getByTestId('train-elsewhere-download').click();
  const zip = path.join(folder, 'torchrun.zip');
  await (await started).saveAs(zip);
  expect(spawnSync('python3', ['-m', 'zipfile', '-e', zip, folder]).status).toBe(0);
});

test('two ranks sweep and fine-tune it', async () => {
  await addTinyNetwork(folder);
  await runThere({ folder, photos, ranks: 2 }, 'train.py');
  expect(told(await recordsIn(results)).epochs).not.toEqual([]);
});

test('what they have made stands beside the baseline of the page', async () => {
  const trainedHere = await stateOf(page, (s) => s.baseline!.epochs);
  const there = told(await recordsIn(results));
  await dropFolder(page, results);
  await expectState(page, (s) => s.finetune?.ended).toBe('done');
  expect(await stateOf(page, (s) => s.failure)).toBeNull();
  expect(await stateOf(page, (s) => s.baseline!.epochs)).toEqual(trainedHere);
  const swept = await stateOf(page, (s) => s.sweep!.points.map(({ size, correct }) => ({ size, correct })));
  const [, ...points] = there.points;
  expect(swept).toEqual(points.map(({ size, correct }) => ({ size, correct })).sort((a, b) => a.size - b.size));
  const tuned = await stateOf(page, (s) => s.finetune!.epochs.map(({ record }) => record.validation));
  expect(tuned).toEqual([there.epochs.at(-1)!.validation]);

  // As a person sees it: a row for each size, and the fine-tuned weights to take away.
  await goTo(page, 'sweep');
  await showTab(page, 'table');
  for (const { size, correct } of swept) {
    const row = page
      .getByTestId('picture')
      .getByRole('row', { name: `${size} px` })
      .first();
    await expect(row).toContainText(((100 * correct) / 9).toFixed(1));
  }
  await goTo(page, 'takehome');
  await expect(page.getByTestId('download-predictions')).toBeEnabled();
});
