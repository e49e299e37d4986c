/**
 * One pass through the studio in Firefox, whose WebGPU is another (wgpu and naga in place of Dawn and Tint): a folder is
 * opened, a network trained on it and evaluated. Playwright's own Firefox has no WebGPU, so the installed one is driven
 * through puppeteer.
 */
import process from 'node:process';
import { expect, test } from '@playwright/test';
import { type Browser, launch } from 'puppeteer-core';
import { findFirefox, requireBrowser, usesSoftwareGpu } from '../src/cli/browser.mjs';
import { softwareDriver } from '../src/cli/testTools.mjs';
import type { StudioState } from '../src/client/state';
import { CLASSES, drawPhoto, TRAIN_PER_CLASS, VALIDATION_PER_CLASS } from './photos';
import { TINY } from './studio';

/** Behind preferences on Linux. */
const WEBGPU = {
  'dom.webgpu.enabled': true,
  'dom.webgpu.workers.enabled': true,
  'gfx.webgpu.ignore-blocklist': true,
};

const executablePath = findFirefox();
test.skip(
  executablePath === undefined,
  'Firefox is not installed: apt-get install firefox-esr, or FIREFOX_PATH names one',
);

const PHOTOS = CLASSES.flatMap((name) =>
  Array.from({ length: TRAIN_PER_CLASS + VALIDATION_PER_CLASS }, (_, i) => ({
    name: `shapes/${i < TRAIN_PER_CLASS ? 'train' : 'val'}/${name}/${i}.jpg`,
    base64: drawPhoto(name, i).toString('base64'),
  })),
);

let browser: Browser;
test.beforeAll(async () => {
  const driver = usesSoftwareGpu() ? softwareDriver(await requireBrowser()) : undefined;
  browser = await launch({
    browser: 'firefox',
    executablePath: executablePath!,
    headless: true,
    extraPrefsFirefox: WEBGPU,
    env: { ...process.env, ...(driver !== undefined && { VK_ICD_FILENAMES: driver }) },
    // A training on a processor is one long call.
    protocolTimeout: 15 * 60_000,
  });
});
test.afterAll(() => browser.close());

test('Firefox opens photos, trains on them, evaluates, and gives the weights', async ({ baseURL }) => {
  const page = await browser.newPage();
  const failures: unknown[] = [];
  page.on('pageerror', (error) => failures.push(error));
  await page.goto(baseURL!);
  const stateOf = <T>(pick: (state: StudioState) => T) =>
    page.evaluate(`(${pick.toString()})(window.studio.store.getState())`) as Promise<T>;
  await expect.poll(() => stateOf((s) => s.machine.status), { message: 'the GPU', timeout: 120_000 }).toBe('ready');
  await page.evaluate((config) => window.studio.setConfig(config), { ...TINY, epochs: 1 });
  await page.evaluate((all) => {
    const files = all.map(({ name, base64 }) => {
      const bytes = Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0));
      const file = new File([bytes], name.slice(name.lastIndexOf('/') + 1), { type: 'image/jpeg' });
      // What a folder's input says of each of its files.
      return Object.defineProperty(file, 'webkitRelativePath', { value: name });
    });
    return window.studio.openFiles(files);
  }, PHOTOS);
  expect(await stateOf((s) => s.dataset?.classes.map(({ name }) => name))).toEqual(CLASSES);

  await page.evaluate(() => window.studio.start('baseline'));
  const { baseline, failure, dataset } = await stateOf(({ baseline, failure, dataset }) => ({
    baseline: baseline && { ended: baseline.ended, epochs: baseline.epochs.map(({ record }) => record) },
    failure,
    dataset,
  }));
  expect(failure).toBeNull();
  expect(baseline?.ended).toBe('done');
  const [epoch] = baseline?.epochs ?? [];
  expect([epoch?.train.count, epoch?.validation.count]).toEqual([dataset?.trainCount, dataset?.validationCount]);
  // Three classes told apart by chance cost ln 3 nats.
  expect(epoch?.train.loss).toBeGreaterThan(0);
  expect(epoch?.train.loss).toBeLessThan(2 * Math.log(3));

  await page.evaluate(() => window.studio.start('evaluate'));
  const evaluation = await stateOf((s) => s.evaluate?.evaluation ?? null);
  expect(evaluation?.score.correct).toBe(epoch?.validation.correct);
  expect(evaluation?.score.loss).toBeCloseTo(epoch?.validation.loss ?? NaN, 4);
  const bytes = await page.evaluate(async () => (await window.studio.exportFile('weights')).blob.size);
  expect(bytes).toBeGreaterThan(700_000);
  expect(failures).toEqual([]);
});
