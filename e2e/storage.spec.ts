/** Disks that are full, refused or broken: a run goes on without them, it is said, and what is whole is used. */
import { expect, type Page, test } from '@playwright/test';
import type { StudioState } from '../src/client/state';
import { injectIntoWorker } from '../src/bench/engineWorker';
import { makeKaggleFolder } from './photos';
import {
  begins,
  changeStorage,
  chooseFolder,
  configure,
  expectAccessible,
  expectState,
  goTo,
  onePage,
  openStudio,
  runDirectly,
  runToEnd,
  stateOf,
} from './studio';

const folder = makeKaggleFolder();

async function begun(page: Page, epochs: number): Promise<void> {
  await openStudio(page);
  await chooseFolder(page, folder);
  await configure(page, { epochs });
  runDirectly(page, 'baseline').catch(() => undefined);
  await goTo(page, 'baseline');
}

const epochs = (s: StudioState) => s.baseline?.epochs.length ?? 0;

/** Two such pauses leave two states. */
async function savedPaused(page: Page): Promise<void> {
  const before = await stateOf(page, (s) => s.saved.at);
  await page.evaluate(() => window.studio.pause());
  await expectState(page, (s) => s.saved.at).not.toBe(before);
}

const downloadedBytes = (page: Page) =>
  page.evaluate(async () => (await window.studio.exportFile('weights')).blob.size);

test.describe('a disk that fills up', () => {
  test.describe.configure({ mode: 'serial' });

  let page: Page;
  onePage((opened) => void (page = opened));

  test('in the middle of a run ends only the saving, until there is room', async () => {
    await begun(page, 500);
    await expectState(page, (s) => s.saved.at).not.toBeNull();
    const protocol = await page.context().newCDPSession(page);
    const { origin } = new URL(page.url());
    await protocol.send('Storage.overrideQuotaForOrigin', { origin, quotaSize: 1 });
    await expect(page.getByTestId('run-state')).toContainText('not being saved');
    await expectState(page, (s) => s.warnings.join(' ')).toContain('there is no more room for it');
    const filled = await stateOf(page, epochs);
    await expectState(page, epochs).toBeGreaterThan(filled + 1);
    expect(await downloadedBytes(page)).toBeGreaterThan(0);

    await protocol.send('Storage.overrideQuotaForOrigin', { origin });
    await savedPaused(page);
    await expect(page.getByTestId('run-state')).not.toContainText('not being saved');
    await page.evaluate(() => window.studio.stop());
    await runToEnd(page);
    expect(await stateOf(page, (s) => [s.baseline?.ended, s.saved.failure])).toEqual(['stopped', null]);
  });

  test('leaves a project that is deleted by the keyboard, and had back', async () => {
    await page.reload();
    const left = page.getByTestId('kept-project');
    await expect(left).toContainText(/results and weights as they were.* (KiB|MiB)/);
    await left.getByRole('button', { name: /^Delete/ }).press('Enter');
    await expect(left).toContainText('is deleted');
    await expect(page.getByTestId('keep-again')).toBeFocused();
    await expectAccessible(page, 'a project that was deleted a moment ago');
    await page.keyboard.press('Enter');
    await expect(left).toContainText('results and weights as they were');
  });
});

for (const [what, take, reason] of [
  ['has no files', () => Reflect.deleteProperty(StorageManager.prototype, 'getDirectory'), 'keeps no files for pages'],
  [
    'refuses files',
    () => {
      const refusal = () => Promise.reject(new DOMException('denied', 'SecurityError'));
      Object.assign(StorageManager.prototype, { getDirectory: refusal });
    },
    'refuses storage to this page',
  ],
] as const)
  test(`a browser that ${what} trains all the same, and says that nothing is saved`, async ({ page }) => {
    await injectIntoWorker(page, take);
    await begun(page, 1);
    await runToEnd(page);
    expect(await stateOf(page, (s) => s.warnings.join(' '))).toContain(reason);
    expect(await stateOf(page, (s) => s.baseline?.ended)).toBe('done');
    expect(await downloadedBytes(page)).toBeGreaterThan(0);
    await page.reload();
    await expectState(page, (s) => s.machine.status).toBe('ready');
    expect(await stateOf(page, (s) => s.projects)).toEqual([]);
  });

/** Spoils the slot of that name whose sequence is the newest, in a page without the studio. */
async function spoil(page: Page, name: string, how: 'flip a bit' | 'cut its end off'): Promise<void> {
  await changeStorage(
    page,
    async ([wanted, flip]) => {
      const projects = await (await navigator.storage.getDirectory()).getDirectoryHandle('projects');
      const { value: folder } = (await projects.values().next()) as { value: FileSystemDirectoryHandle };
      const handles = await Promise.all([0, 1].map((i) => folder.getFileHandle(`${wanted}.${i}`)));
      const files = await Promise.all(handles.map(async (handle) => (await handle.getFile()).arrayBuffer()));
      const [first = 0n, second = 0n] = files.map((file) => new DataView(file).getBigUint64(16, true));
      const newest = first > second ? 0 : 1;
      const bytes = new Uint8Array(files[newest]!);
      const spoilt = flip ? bytes : bytes.slice(0, bytes.byteLength >> 1);
      const middle = spoilt.byteLength >> 1;
      if (flip) spoilt[middle] = spoilt[middle]! ^ 1;
      const writable = await handles[newest]!.createWritable();
      await writable.write(spoilt);
      await writable.close();
    },
    [name, how === 'flip a bit'] as const,
  );
}

test.describe('what a disk has spoilt between two visits is stepped over, and said', () => {
  test.describe.configure({ mode: 'serial' });

  const EPOCHS = 4;
  let page: Page;
  let id: string;
  onePage(async (opened) => {
    page = opened;
    page.on('dialog', (dialog) => void dialog.accept());
    await begun(page, EPOCHS);
    await expectState(page, epochs).toBeGreaterThan(0);
    await savedPaused(page);
    await page.evaluate(() => window.studio.resume());
    await expectState(page, epochs).toBeGreaterThan(1);
    await savedPaused(page);
    ({ id } = (await stateOf(page, (s) => s.baseline))!);
  });

  test('of a run, which goes on from the state before', async () => {
    await spoil(page, 'run', 'flip a bit');
    await openStudio(page);
    await begins(page, () => page.getByTestId('take-up-files').setInputFiles(folder));
    await expectState(page, (s) => s.warnings.join(' ')).toMatch(/was damaged \(run\.[01]: broken payload\)/);
    await runToEnd(page);
    const ended = (await stateOf(page, (s) => s.baseline))!;
    expect([ended.id, ended.ended]).toEqual([id, 'done']);
    expect(ended.epochs.map(({ record }) => record.epoch)).toEqual(Array.from({ length: EPOCHS }, (_, i) => i + 1));
  });

  test('of a project, of which what was kept before says that the run had not ended', async () => {
    await spoil(page, 'project', 'cut its end off');
    await openStudio(page);
    const left = page.getByTestId('kept-project');
    await expect(left).toContainText('where it was saved last');
    await expect(left).toContainText(/was damaged \(project\.[01]/);
    await page.getByTestId('take-up-files').setInputFiles(folder);
    await expectState(page, (s) => s.baseline?.ended).toBe('done');
    expect(await stateOf(page, (s) => s.baseline?.id)).toBe(id);
  });
});
