import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { expect, type Page, test } from '@playwright/test';
import { CLASSES, makeKaggleFolder, temporaryFolder } from './photos';
import { chooseFolder, configure, expectState, goTo, onePage, openStudio, runToEnd, startRun, stateOf } from './studio';
import { resnet18Shapes, type Shapes, writeZeros } from './weights';

test.describe.configure({ mode: 'serial' });

const METADATA = { classes: JSON.stringify(CLASSES), arch: 'tiny18' };
const shapes = resnet18Shapes(CLASSES.length, 8);
const folder = temporaryFolder('weights');
let page: Page;

onePage(async (opened) => {
  page = opened;
  await openStudio(page);
  await chooseFolder(page, makeKaggleFolder());
  await page.evaluate(() => window.studio.setConfig({ arch: 'tiny18' }));
});

async function offer(buffer: Buffer): Promise<void> {
  await goTo(page, 'takehome');
  const file = path.join(folder, 'offered.safetensors');
  writeFileSync(file, buffer);
  await page.getByTestId('weights-input').setInputFiles(file);
}

const without = (key: string): Shapes => Object.fromEntries(Object.entries(shapes).filter(([name]) => name !== key));

const WRONG: [what: string, file: () => Buffer, said: RegExp][] = [
  [
    'a missing key',
    () => writeZeros(without('layer3.0.downsample.1.running_var'), METADATA),
    /layer3\.0\.downsample\.1\.running_var/,
  ],
  [
    'a wrong shape',
    () => writeZeros({ ...shapes, 'layer1.0.conv1.weight': [8, 8, 5, 5] }, METADATA),
    /layer1\.0\.conv1\.weight.*5/,
  ],
  ['a key too many', () => writeZeros({ ...shapes, 'layer9.weight': [1] }, METADATA), /layer9\.weight/],
  ['a file cut short', () => writeZeros(shapes, METADATA).subarray(0, 100_000), /byte|100,?000/i],
  ['a file of another kind', () => Buffer.from('GIF89a this is no safetensors file'), /The file is a photo/],
  ['an archive of another kind', () => Buffer.from('PK\u0003\u0004 this is no archive of tensors'), /archive/],
];

for (const [what, file, said] of WRONG) {
  test(`${what} is refused by name`, async () => {
    await offer(file());
    await expect(page.getByTestId('error')).toHaveAttribute('data-code', 'bad-weights');
    await expect(page.getByTestId('error')).toContainText(said);
    expect(await stateOf(page, (s) => s.weights)).toBeNull();
  });
}

test('a right file is taken after all', async () => {
  await offer(writeZeros(shapes, METADATA));
  await expectState(page, (s) => s.weights?.arch).toBe('tiny18');
  await expect(page.getByTestId('error')).toBeHidden();
});

test('from opened weights the classifier alone is trained, and a run that gets no better says why it ended', async () => {
  await configure(page, { arch: 'tiny18', trainable: 'classifier', epochs: 9, patience: 1 });
  await startRun(page, 'baseline');
  await runToEnd(page);
  const { epochs, step } = await stateOf(page, ({ baseline }) => ({
    epochs: baseline?.epochs.length ?? 0,
    step: baseline?.lastStep?.globalStep,
  }));
  expect(epochs).toBeLessThan(9);
  expect(step).toBe(3 * epochs);
  await expect(page.getByTestId('early-stop')).toContainText(`after epoch ${epochs} of 9`);
});

test('fastai’s preset puts its head on them, and trains an epoch more', async () => {
  await offer(writeZeros(shapes, METADATA));
  await page.getByTestId('confirm').click();
  await expectState(page, (s) => s.baseline).toBeNull();
  await page.evaluate(() => window.studio.applyPreset('fastai'));
  await configure(page, { arch: 'tiny18-fastai', epochs: 1 });
  await startRun(page, 'baseline');
  await runToEnd(page);
  expect(await stateOf(page, (s) => s.baseline?.epochs.map(({ record }) => record.epoch))).toEqual([1, 2]);
  expect(await stateOf(page, (s) => s.weights?.arch)).toBe('tiny18-fastai');
  await expect(page.getByTestId('early-stop')).toBeHidden();
});
