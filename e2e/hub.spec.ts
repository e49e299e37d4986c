/** Weights from the Hub, of which a fake stands in the network's way: looked up, broken off, resumed, kept, opened, deleted. */
import { createHash } from 'node:crypto';
import { expect, type Page, type Route, test } from '@playwright/test';
import { makeKaggleFolder } from './photos';
import {
  chooseFolder,
  configure,
  expectAccessible,
  expectState,
  goTo,
  onePage,
  openStudio,
  runDirectly,
  stateOf,
} from './studio';
import { resnet18Shapes, writeZeros } from './weights';

test.describe.configure({ mode: 'serial' });

const ID = 'timm/resnet18.tv_in1k';
const content = writeZeros(resnet18Shapes(1000));
const sha256 = createHash('sha256').update(content).digest('hex');
const cut = 20_000_000;

let page: Page;
/** Requests that leave the page's own origin. */
let asked: string[];
let hub: (route: Route) => Promise<void>;

const CORS = { 'access-control-allow-origin': '*' };

async function answer(route: Route): Promise<void> {
  const url = route.request().url();
  if (url.includes('/api/models/')) {
    const siblings = [{ rfilename: 'model.safetensors', size: content.length, lfs: { sha256, size: content.length } }];
    const info = { id: ID, sha: '0123456789abcdef', cardData: { license: 'bsd-3-clause' }, siblings };
    return route.fulfill({ json: info, headers: CORS });
  }
  const from = Number(/bytes=(\d+)-/.exec(route.request().headers()['range'] ?? '')?.[1] ?? 0);
  return route.fulfill({ status: from > 0 ? 206 : 200, body: content.subarray(from), headers: CORS });
}

onePage(async (opened) => {
  page = opened;
  asked = [];
  hub = answer;
  const isOther = (url: URL) => /^https?:$/.test(url.protocol) && url.hostname !== 'localhost';
  await page.context().route(isOther, async (route) => {
    asked.push(route.request().url());
    await hub(route);
  });
  await openStudio(page);
  await chooseFolder(page, makeKaggleFolder());
  await configure(page, { arch: 'resnet34', epochs: 1 });
});

const shown = (testId: string) => page.getByTestId('stage-baseline').getByTestId(testId);

async function startFromHub(): Promise<void> {
  await shown('start-from').getByText('The Hub', { exact: true }).click();
}

async function lookUp(): Promise<void> {
  await goTo(page, 'baseline');
  await startFromHub();
  await shown('hub').getByLabel('Model', { exact: true }).fill(ID);
  await shown('hub-look-up').click();
}

test('without network, and for what is not there, the page says so and names the file way', async () => {
  for (const [fail, code] of [
    [(route: Route) => route.abort('internetdisconnected'), 'no-network'],
    [(route: Route) => route.fulfill({ status: 401, headers: CORS }), 'not-on-hub'],
    [(route: Route) => route.fulfill({ status: 404, headers: CORS }), 'not-on-hub'],
  ] as const) {
    hub = fail;
    await lookUp();
    await expect(page.getByTestId('error')).toHaveAttribute('data-code', code);
    await expect(page.getByTestId('error')).toContainText('open it here or drop it anywhere');
    await page.getByRole('button', { name: 'Dismiss' }).click();
  }
  expect(new Set(asked).size).toBe(1);
});

test('size and licence are shown before anything of the file is asked for', async () => {
  hub = answer;
  asked = [];
  await lookUp();
  await expect(shown('hub-found')).toContainText('bsd-3-clause');
  await expect(shown('hub-found')).toContainText('45 MiB');
  expect(asked).toHaveLength(1);
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme });
    await expectAccessible(page, `the Hub’s card, ${colorScheme}`);
  }
  await page.emulateMedia({ colorScheme: null });
});

test('what came before an interruption is kept, and the download goes on from there', async () => {
  hub = (route) => route.fulfill({ status: 200, body: content.subarray(0, cut), headers: CORS });
  await shown('hub-download').click();
  await expect(page.getByTestId('error')).toHaveAttribute('data-code', 'no-network');
  await expect(shown('hub-shelved')).toContainText('19 MiB of 45 MiB');
  const ranges: (string | undefined)[] = [];
  hub = (route) => {
    ranges.push(route.request().headers()['range']);
    return answer(route);
  };
  await shown('hub-open').click();
  await expectState(page, (s) => s.imported?.origin).toBe(`imported from ${ID}`);
  expect(ranges).toEqual([`bytes=${cut}-`]);
  expect(await stateOf(page, (s) => [s.config.arch, s.imported?.classes.length])).toEqual(['resnet18', 1000]);
  await expect(page.getByTestId('stage-baseline')).toContainText('tells 1,000 classes apart');
});

test('they are opened again without network, after the page was loaded anew', async () => {
  hub = (route) => route.abort();
  asked = [];
  await page.reload();
  await openStudio(page);
  await chooseFolder(page, makeKaggleFolder());
  await goTo(page, 'baseline');
  await startFromHub();
  await expect(shown('hub-shelved')).toContainText('bsd-3-clause');
  await shown('hub-open').click();
  await expectState(page, (s) => s.imported?.arch).toBe('resnet18');
  expect(asked).toEqual([]);
});

test('a baseline replaces their classifier, says so, and asks nobody', async () => {
  await configure(page, { arch: 'resnet18', epochs: 1, trainable: 'classifier' });
  await runDirectly(page, 'baseline');
  expect(await stateOf(page, (s) => s.warnings.join())).toContain('was trained for 1000 classes');
  expect(await stateOf(page, (s) => s.weights?.classes.length)).toBe(
    await stateOf(page, (s) => s.dataset?.classes.length),
  );
  expect(asked).toEqual([]);
});

test('a file that is not what the Hub said is thrown away, and deleting leaves nothing', async () => {
  await page.evaluate((id) => window.studio.removeShelved(id), ID);
  const wrong = Buffer.from(content);
  wrong[wrong.length - 1] = 1;
  hub = (route) =>
    route.request().url().includes('/api/') ? answer(route) : route.fulfill({ body: wrong, headers: CORS });
  const said = await page.evaluate(async (id) => {
    const model = await window.studio.lookUp(id);
    return window.studio.fetchModel(model).then(
      () => 'fetched',
      () => window.studio.store.getState().failure?.error.code,
    );
  }, ID);
  expect(said).toBe('bad-download');
  expect(await stateOf(page, (s) => s.shelf?.map(({ storedBytes, checked }) => [storedBytes, checked]))).toEqual([
    [0, false],
  ]);
  await goTo(page, 'baseline');
  await page.getByTestId('tab-setup').click();
  await startFromHub();
  await shown('hub-delete').click();
  await page.getByTestId('confirm').click();
  await expectState(page, (s) => s.shelf).toEqual([]);
});
