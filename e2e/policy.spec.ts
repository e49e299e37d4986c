/** The page runs nothing but its own files and asks nobody but its own server, through the whole journey. */
import { expect, type Page, test } from '@playwright/test';
import { makeKaggleFolder } from './photos';
import { chooseFolder, configure, onePage, openStudio, runDirectly, stateOf } from './studio';

// It asks for files, too.
test.use({ serviceWorkers: 'allow' });

test.describe.configure({ mode: 'serial' });

let page: Page;
const asked = new Set<string>();
const violations: string[] = [];
onePage(async (opened) => {
  page = opened;
  page.context().on('request', (request) => asked.add(new URL(request.url()).origin));
  await page.exposeFunction('violated', (what: string) => violations.push(what));
  await page.addInitScript(() =>
    addEventListener('securitypolicyviolation', ({ violatedDirective, blockedURI }) =>
      (window as unknown as { violated(what: string): void }).violated(`${violatedDirective} ${blockedURI}`),
    ),
  );
  await openStudio(page);
});

function expectNobodyAsked(): void {
  expect(violations).toEqual([]);
  const own = new URL(page.url()).origin;
  expect([...asked].filter((origin) => origin !== own && origin !== 'null')).toEqual([]);
}

test('from photos to weights no other host is asked', async () => {
  await chooseFolder(page, makeKaggleFolder());
  await configure(page, { epochs: 1, sweepSizes: [32, 48] });
  for (const run of ['baseline', 'sweep', 'finetune'] as const) await runDirectly(page, run);
  expect(await stateOf(page, (s) => s.finetune?.ended)).toBe('done');
  expectNobodyAsked();
});

test('nor for files for elsewhere and their proofs, and what is put into the page is not run', async () => {
  for (const format of ['onnx', 'tfjs'] as const) {
    const { proofs } = await page.evaluate((one) => window.studio.downloadModel(one, { prove: true }), format);
    expect(proofs.map(({ holds }) => holds)).toEqual([true]);
  }
  expectNobodyAsked();

  await page.evaluate(() => {
    document.body.insertAdjacentHTML(
      'beforeend',
      '<img src="x:" onerror="window.ran = true"><svg onload="window.ran = true">',
    );
    const script = document.createElement('script');
    script.textContent = 'window.ran = true';
    document.body.append(script);
    return fetch('https://example.com/').catch(() => undefined);
  });
  await expect.poll(() => violations.length).toBeGreaterThanOrEqual(3);
  expect(violations.some((what) => what.startsWith('connect-src https://example.com'))).toBe(true);
  expect(await page.evaluate(() => 'ran' in window)).toBe(false);
});

test('the terms of all that page and workers are made of lie beside them', async () => {
  const terms = await page.evaluate(async () => (await fetch('licences.txt')).text());
  for (const name of ['react', '@tensorflow/tfjs-core', 'onnxruntime-web', 'papaparse'])
    expect(terms).toMatch(new RegExp(`^${name} [\\d.]+ \\(`, 'm'));
});
