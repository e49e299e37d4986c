import { expect, type Page, test } from '@playwright/test';
import { CLASSES, makeKaggleFolder } from './photos';
import { chooseFolder, goTo, openStudio, stateOf } from './studio';
import { resnet18Shapes, type Shapes, writeZeros } from './weights';

test.describe.configure({ mode: 'serial' });

const METADATA = { classes: JSON.stringify(CLASSES), arch: 'resnet18' };
const shapes = resnet18Shapes(CLASSES.length);
let page: Page;

test.beforeAll(async ({ browser }) => {
  page = await browser.newPage();
  await openStudio(page);
  await chooseFolder(page, makeKaggleFolder());
  await page.evaluate(() => window.studio.setConfig({ arch: 'resnet18' }));
});
test.afterAll(async () => {
  await page.close();
});

async function offer(buffer: Buffer): Promise<void> {
  await goTo(page, 'takehome');
  const file = { name: 'offered.safetensors', mimeType: 'application/octet-stream', buffer };
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
    () => writeZeros({ ...shapes, 'layer1.0.conv1.weight': [64, 64, 5, 5] }, METADATA),
    /layer1\.0\.conv1\.weight.*5/,
  ],
  ['a key too many', () => writeZeros({ ...shapes, 'layer9.weight': [1] }, METADATA), /layer9\.weight/],
  ['a file cut short', () => writeZeros(shapes, METADATA).subarray(0, 1_000_000), /byte|1,?000,?000/i],
  ['a file of another kind', () => Buffer.from('GIF89a this is no safetensors file'), /safetensors|header|byte/i],
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
  await expect.poll(() => stateOf(page, (s) => s.weights?.arch)).toBe('resnet18');
  await expect(page.getByTestId('error')).toBeHidden();
});
