/** Real drops of a dozen folders and archives, each opened and none trained on. */
import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { expect, type Page, test } from '@playwright/test';
import { engineWorker, injectIntoWorker } from '../src/bench/engineWorker';
import { type ChosenPhotos, choosePhotos } from '../src/cli/studioPage';
import { gzipped, parquetOf, tarred, zipped } from '../src/testing/archives';
import { type Files, photos, table } from '../src/testing/folders';
import { CLASSES, drawPhoto, temporaryFolder } from './photos';
import { configure, drop, expectState, goTo, onePage, openStudio, runDirectly, stateOf } from './studio';

const PHOTO = new Uint8Array(drawPhoto('disc', 1));
const many = (pattern: string, count: number): Files => photos(pattern, count, PHOTO);
const PETS: Files = {
  ...many('train/cat/#.jpg', 4),
  ...many('train/dog/#.jpg', 4),
  ...many('val/cat/#.jpg', 2),
  ...many('val/dog/#.jpg', 2),
};
const UNDERSTOOD = { classes: ['cat', 'dog'], counts: [8, 4, 0], refusal: null };

function folder(files: Files): string {
  const made = path.join(temporaryFolder('drop'), 'photos');
  for (const [file, content] of Object.entries(files)) {
    mkdirSync(path.dirname(path.join(made, file)), { recursive: true });
    writeFileSync(path.join(made, file), content);
  }
  return made;
}

async function file(name: string, blob: Blob): Promise<string> {
  const made = path.join(temporaryFolder('drop'), name);
  writeFileSync(made, new Uint8Array(await blob.arrayBuffer()));
  return made;
}

async function dropped(page: Page, files: string[]) {
  await page.evaluate(() => window.studio.store.setState({ dataset: null, failure: null }));
  await drop(page, files);
  await expectState(page, (s) => s.opening === null && (s.dataset ?? s.failure) !== null).toBe(true);
  return stateOf(page, ({ dataset, failure }) => ({
    classes: dataset?.classes.map(({ name }) => name),
    counts: [dataset?.trainCount, dataset?.validationCount, dataset?.testCount],
    refusal: dataset?.refusal?.code ?? failure?.error.message ?? null,
    codes: Object.keys(dataset?.warningCounts ?? {}),
  }));
}

const labels = (count: number) => table('image_id,label', count, (i) => `${i}.jpg,${'ab'[i % 2]!}`);
const lone = async (blob: Promise<Blob> | Blob, name: string) => [await file(name, await blob)];

const DROPS: readonly [what: string, make: () => Promise<string[]> | string[], expected: Record<string, unknown>][] = [
  ['class folders', () => [folder(PETS)], UNDERSTOOD],
  ['a zip', () => lone(zipped(PETS), 'pets.zip'), UNDERSTOOD],
  ['a stored zip', () => lone(zipped(PETS, { level: 0 }), 'pets.zip'), UNDERSTOOD],
  ['a tar.gz', async () => lone(gzipped(await tarred(PETS)), 'pets.tar.gz'), UNDERSTOOD],
  ['a zip in a zip', async () => lone(zipped({ 'pets.zip': await zipped(PETS) }), 'download.zip'), UNDERSTOOD],
  [
    'an archive and a table',
    async () => [
      await file('images.zip', await zipped(many('#.jpg', 8))),
      await file('labels.csv', new Blob([labels(8)])),
    ],
    { classes: ['a', 'b'], refusal: null },
  ],
  [
    'Parquet',
    () =>
      lone(
        parquetOf(
          Array.from({ length: 10 }, (_, i) => new Uint8Array(drawPhoto(CLASSES[i % 2]!, i))),
          Array.from({ length: 10 }, (_, i) => i % 2),
          ['disc', 'square'],
          4,
        ),
        'train-00000-of-00001.parquet',
      ),
    { classes: ['disc', 'square'], refusal: null },
  ],
  [
    'two class folders',
    () => [path.join(folder(PETS), 'train/cat'), path.join(folder(PETS), 'train/dog')],
    { classes: ['cat', 'dog'], refusal: null },
  ],
  [
    'photos under other endings',
    () => [folder({ ...many('cat/#.jfif', 4), ...many('dog/#', 4), 'dog/x.jpg': '<!doctype html>' })],
    { classes: ['cat', 'dog'], codes: ['no-split', 'not-a-photo'] },
  ],
  [
    'a question',
    () => [
      folder({
        ...many('#.jpg', 8),
        't.csv': table('image,sex,site', 8, (i) => `${i}.jpg,${'mf'[i % 2]!},${'xy'[i >> 2]!}`),
      }),
    ],
    { refusal: 'which-label-column' },
  ],
  ['nothing that tells classes', () => [folder(many('IMG_#.jpg', 4))], { refusal: 'no-classes' }],
  [
    'an archive that is cut off',
    async () => lone((await zipped(PETS)).slice(0, 400), 'pets.zip'),
    { refusal: expect.stringContaining('pets.zip cannot be opened') },
  ],
];

/** As `npm run headless -- --data PATH` opens it. */
async function chosen(page: Page, from: string) {
  const photos = await choosePhotos({ page }, from);
  const openAll = (all: ChosenPhotos) =>
    'length' in all ? window.studio.openFiles(all) : window.studio.openDirectory(all);
  await page.evaluate(openAll, photos);
  return stateOf(page, ({ dataset }) => ({
    classes: dataset?.classes.map(({ name }) => name),
    counts: [dataset?.trainCount, dataset?.validationCount, dataset?.testCount],
    refusal: dataset?.refusal?.code ?? null,
  }));
}

test.describe('photos as people have them', () => {
  let page: Page;
  onePage(async (opened) => {
    page = opened;
    await openStudio(page);
  });

  test('a dozen drops, each understood', async () => {
    for (const [what, make, expected] of DROPS) {
      const found = await dropped(page, await make());
      expect(found, what).toMatchObject(expected);
    }
  });

  test('the terminal hands a folder over by its handle, links and archives as what they lead to', async () => {
    const pets = folder(PETS);
    expect(await chosen(page, pets)).toEqual(UNDERSTOOD);
    // Of what a handle gives the browser keeps nothing, however often it is read.
    const handle = await choosePhotos({ page }, pets);
    expect(await handle.evaluate((given) => given instanceof FileSystemDirectoryHandle && given.name)).toBe(
      path.basename(pets),
    );
    const linked = path.join(temporaryFolder('drop'), 'link');
    symlinkSync(pets, linked);
    // Class folders that are links, and one whose photos are.
    const mixed = temporaryFolder('mixed');
    mkdirSync(path.join(mixed, 'val'));
    symlinkSync(path.join(pets, 'train'), path.join(mixed, 'train'));
    symlinkSync(path.join(pets, 'val', 'dog'), path.join(mixed, 'val', 'dog'));
    mkdirSync(path.join(mixed, 'val', 'cat'));
    for (const i of [0, 1])
      symlinkSync(path.join(pets, 'val', 'cat', `${i}.jpg`), path.join(mixed, 'val', 'cat', `c${i}.jpg`));
    const zip = await file('pets.zip', await zipped(PETS));
    const zipLink = path.join(temporaryFolder('drop'), 'pets.zip');
    symlinkSync(zip, zipLink);
    const packed = [zip, zipLink, await file('pets.tar.gz', await gzipped(await tarred(PETS)))];
    for (const from of [linked, mixed, ...packed]) expect(await chosen(page, from), from).toEqual(UNDERSTOOD);
  });

  test('a split that gives photos away is told before a run, and mended with a click', async () => {
    const unlike = (i: number) => new Uint8Array(Buffer.concat([PHOTO, Uint8Array.of(i)]));
    const files = Object.fromEntries(Array.from({ length: 20 }, (_, i) => [`${i}.jpg`, unlike(i === 19 ? 1 : i)]));
    const csv = table(
      'image,label,plant,split',
      20,
      (i) => `${i}.jpg,${'ab'[i % 2]!},${i >> 1},${i < 13 ? 'train' : 'val'}`,
    );
    await dropped(page, [folder({ ...files, 't.csv': csv })]);
    const stage = await goTo(page, 'photos');
    const [groups, copies] = [stage.getByTestId('groups-across'), stage.getByTestId('split-copies')];
    await expect(groups).toContainText('1 group of equal “plant” is in several splits (“6”; 2 photos)');
    await expect(copies).toContainText('2 photos are the same files in several splits (1.jpg = 19.jpg)');
    for (const alert of [groups, copies]) {
      expect(await alert.evaluate(({ scrollWidth, clientWidth }) => scrollWidth - clientWidth)).toBe(0);
    }
    await copies.getByRole('button', { name: 'Leave out 1 copy' }).click();
    await expect(copies).toBeHidden();
    await expectState(page, (s) => [s.dataset?.trainCount, s.dataset?.validationCount]).toEqual([12, 7]);
    await groups.getByRole('button', { name: 'Split anew by plant' }).click();
    await expect(groups).toBeHidden();
    await expectState(page, (s) => s.dataset?.settings.splitColumn).toBe('none');
  });

  test('a class is added to the open photos, and a choice holds when they are opened again', async () => {
    await dropped(page, [folder(PETS)]);
    const stage = await goTo(page, 'photos');
    await stage.getByTestId('open-other').click();
    await page.getByTestId('add-photos').click();
    await page.getByTestId('add-label').fill('bird');
    const birds = folder({ ...many('#.jpg', 6) });
    await page
      .getByTestId('add-files')
      .setInputFiles(Array.from({ length: 6 }, (_, i) => path.join(birds, `${i}.jpg`)));
    // The folder gives splits: they train, as the dialog says.
    await expectState(page, (s) => s.dataset?.classes.find(({ name }) => name === 'bird')?.train).toBe(6);
    expect(await stateOf(page, (s) => s.dataset?.warningCounts)).toMatchObject({ added: 1 });

    const question = folder({
      ...many('#.jpg', 8),
      't.csv': table('image,sex,site', 8, (i) => `${i}.jpg,${'mf'[i % 2]!},${'xy'[i >> 2]!}`),
    });
    expect((await dropped(page, [question])).refusal).toBe('which-label-column');
    await page.evaluate(() => window.studio.understand({ labelColumn: 'site' }));
    await page.reload();
    await expectState(page, (s) => s.machine.status).toBe('ready');
    expect(await dropped(page, [question])).toMatchObject({ refusal: null, classes: ['x', 'y'] });
  });

  test('the camera is a source of photos for a class', async () => {
    await dropped(page, [folder({ ...many('cat/#.jpg', 6), ...many('dog/#.jpg', 6) })]);
    // What a camera would give: no machine of tests has one.
    await page.evaluate(() => {
      const canvas = document.createElement('canvas');
      [canvas.width, canvas.height] = [96, 64];
      const context = canvas.getContext('2d')!;
      setInterval(() => context.fillRect(0, 0, 48, 64), 50);
      navigator.mediaDevices.getUserMedia = () => Promise.resolve(canvas.captureStream(20));
    });
    const stage = await goTo(page, 'photos');
    await stage.getByTestId('open-other').click();
    await page.getByTestId('add-photos').click();
    await page.getByTestId('add-camera').click();
    for (const taken of ['1 photo', '2 photos']) {
      await page.getByTestId('take-photo').click();
      await expect(page.getByTestId('taken')).toContainText(`${taken} taken. Name their class`);
    }
    await expect(page.getByTestId('add-taken')).toBeDisabled();
    await page.getByTestId('add-label').fill('cup');
    await page.getByTestId('add-taken').click();
    await expectState(page, (s) =>
      s.dataset?.classes.map(({ name, train, validation }) => [name, train, validation]),
    ).toEqual([
      ['cat', 5, 1],
      ['cup', 1, 1],
      ['dog', 5, 1],
    ]);
  });
});

type Counting = typeof globalThis & { urls: number };

/** In the worker: counts the files that are read through URLs. */
function countUrls(): void {
  const scope = globalThis as Counting;
  const make = URL.createObjectURL.bind(URL);
  scope.urls = 0;
  URL.createObjectURL = (blob) => {
    scope.urls++;
    return make(blob);
  };
}

test.describe('photos in archives are read', () => {
  test.describe.configure({ mode: 'serial' });

  const drawn: Record<string, Uint8Array<ArrayBuffer>> = {};
  for (const split of ['train', 'val']) {
    for (const [label, shape] of CLASSES.slice(0, 2).entries()) {
      for (let i = 0; i < 4; i++) drawn[`${split}/${'ab'[label]}/${i}.jpg`] = new Uint8Array(drawPhoto(shape, i));
    }
  }
  const ARCHIVES: Record<string, () => Promise<Blob>> = {
    'stored.zip': () => zipped(drawn, { level: 0 }),
    'packed.zip': () => zipped(drawn),
    'photos.tar': () => tarred(drawn),
  };
  /** Of a run, as they were where a program drives the page. */
  const losses = new Map<string, unknown>();

  for (const [how, isDriven] of [
    ['where they lie while a program drives the page', true],
    ['through URLs where nobody does, and a run is the same', false],
  ] as const) {
    test.describe(how, () => {
      let page: Page;
      onePage(async (opened) => {
        page = opened;
        if (!isDriven)
          await page.addInitScript(() => Object.defineProperty(Navigator.prototype, 'webdriver', { get: () => false }));
        await injectIntoWorker(page, countUrls);
        await openStudio(page);
      });
      const urls = () => engineWorker(page).evaluate(() => (globalThis as Counting).urls);

      for (const [name, make] of Object.entries(ARCHIVES)) {
        test(name, async () => {
          const before = await urls();
          await chosen(page, await file(name, await make()));
          await configure(page, { epochs: 2 });
          await runDirectly(page, 'baseline');
          const found = await stateOf(page, (s) => s.baseline!.epochs.map(({ record }) => record.train.loss));
          if (isDriven) losses.set(name, found);
          expect(found).toEqual(losses.get(name));
          expect(found).toEqual([expect.any(Number), expect.any(Number)]);
          expect((await urls()) - before).toBe(isDriven ? 0 : 1);
        });
      }
    });
  }
});
