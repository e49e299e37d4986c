/** The grid of all photos: filters, keys, one photo large, and what the network said of it. */
import { expect, type Page, test } from '@playwright/test';
import { CLASSES, makeClassFolders, TRAIN_PER_CLASS, VALIDATION_PER_CLASS } from './photos';
import {
  chooseFolder,
  configure,
  expectAccessible,
  goTo,
  onePage,
  openStudio,
  runDirectly,
  runToEnd,
  showTab,
} from './studio';

const VALIDATION = CLASSES.length * VALIDATION_PER_CLASS;
const ALL = CLASSES.length * TRAIN_PER_CLASS + VALIDATION;

test.describe.configure({ mode: 'serial' });

let page: Page;
const room = () => page.getByTestId('photo-room');
const firstPhoto = () => room().getByRole('gridcell').first();
const classMap = () => room().getByRole('combobox', { name: 'Class map' });
onePage(async (opened) => {
  page = opened;
  await openStudio(page);
  await chooseFolder(page, makeClassFolders());
});

test('all photos in a grid', async () => {
  await goTo(page, 'photos');
  await showTab(page, 'photos');
  await expect(room().getByTestId('photo-count')).toHaveText(`${ALL} photos`);
  await expect(room().getByRole('gridcell').first().locator('img')).toBeVisible();
  await expect(room().getByLabel('Taken for')).toBeHidden();
});

test('filtered by what the network said, and one large with every size’s probabilities', async () => {
  await configure(page, { epochs: 1, sweepSizes: [32, 48] });
  await runDirectly(page, 'baseline');
  await runDirectly(page, 'sweep');
  await goTo(page, 'photos');
  await room().getByLabel('Right or wrong').selectOption('Wrong');
  const wrong = Number.parseInt((await room().getByTestId('photo-count').textContent()) ?? '', 10);
  await room().getByLabel('Right or wrong').selectOption('Right');
  const right = Number.parseInt((await room().getByTestId('photo-count').textContent()) ?? '', 10);
  expect(wrong + right).toBe(VALIDATION);
  await room().getByRole('button', { name: 'Show all' }).click();
  await room().getByLabel('Order').selectOption('Greatest loss first');
  await room().getByLabel('Split').selectOption('Validation');
  await expect(room().getByRole('gridcell').first()).toHaveAccessibleName(/right|taken for/);

  // From the first photo to the one beside it, and into it, without a pointer.
  await room().getByRole('gridcell').first().focus();
  await page.keyboard.press('ArrowRight');
  const second = room().getByRole('gridcell').nth(1);
  await expect(second).toBeFocused();
  await page.keyboard.press('End');
  await expect(room().locator(`[data-place="${VALIDATION - 1}"]`)).toBeFocused();
  await page.keyboard.press('Home');
  await page.keyboard.press('Enter');
  const large = page.getByTestId('large-photo');
  await expect(large).toContainText(`1 of ${VALIDATION}`);
  await expect(large.locator('polygon')).not.toHaveCount(0);
  await expect(large.getByRole('columnheader')).toHaveText(['Probability', 'baseline, 32 px', 'baseline, 48 px']);
  await expect(large.locator('tbody tr')).toHaveCount(CLASSES.length);
  const maps = page.getByTestId('photo-maps');
  await expect(maps.getByRole('img', { name: 'Where it sees' })).toHaveCount(2);
  // At one scale: sides on the screen are in the ratio of the sizes.
  const sides = await maps.locator('figure > div').evaluateAll((all) => all.map((one) => one.clientWidth));
  expect(sides[1]! / sides[0]!).toBeCloseTo(48 / 32, 1);
  // An earlier stage beside the last one: finer places of the same view.
  await maps.getByLabel('Right, end of').selectOption('layer2');
  await expect(maps.locator('figcaption').nth(1)).toContainText('layer2');
  const places = () =>
    maps
      .locator('canvas[aria-label^="Where it sees"]')
      .evaluateAll((all: HTMLCanvasElement[]) => all.map(({ width }) => width));
  await expect.poll(places).toEqual([1, 6]);
  await expectAccessible(page, 'a large photo');
  // Arrows are the field's that was chosen from, until something else has the focus.
  await large.getByRole('button', { name: 'The next photo' }).focus();
  await page.keyboard.press('ArrowRight');
  await expect(large).toContainText(`2 of ${VALIDATION}`);
  await page.keyboard.press('Escape');
  await expect(large).toBeHidden();
  await expectAccessible(page, 'the grid of photos');
});

test('class maps over the photos themselves: at one size, then at two side by side and at one scale', async () => {
  await classMap().selectOption('baseline, 48 px');
  await expect(firstPhoto()).toHaveAccessibleName(/class map of \S.* by baseline, 48 px, (right|taken for \S)/);
  await expect(firstPhoto().locator('canvas')).toHaveCount(2);
  await expect(room().getByTestId('map-legend')).toContainText('at 48 px. Bright: what speaks for');
  const saidAlone = await firstPhoto().innerText();
  await room().getByRole('combobox', { name: 'Beside it' }).selectOption('baseline, 32 px');
  await expect(firstPhoto()).toHaveAccessibleName(
    /by baseline, 48 px, class map of \S.* by baseline, 32 px, 48 px: .*, 32 px: /,
  );
  await expect(firstPhoto().locator('canvas')).toHaveCount(4);
  // What was said of the one is said of it beside the other.
  expect((await firstPhoto().innerText()).replace('48 px: ', '')).toContain(saidAlone);
  const drawn = await firstPhoto()
    .locator('canvas')
    .evaluateAll((all) => all.map((one) => one.clientWidth));
  expect(drawn[0]! / drawn[2]!).toBeCloseTo(48 / 32, 1);
  await expect(room().getByTestId('map-legend')).toContainText('both views at one scale');
  await expectAccessible(page, 'the grid with class maps');
  // The same two are laid side by side in the large view.
  const [large, maps] = [page.getByTestId('large-photo'), page.getByTestId('photo-maps')];
  await firstPhoto().click();
  await expect(maps.locator('figcaption').first()).toContainText('48 px');
  await expect(maps.locator('figcaption').nth(1)).toContainText('32 px');
  await page.keyboard.press('Escape');
  await expect(large).toBeHidden();
  await classMap().selectOption('Off');
  await expect(firstPhoto().locator('img')).toBeVisible();
  await expect(room().getByRole('combobox', { name: 'Beside it' })).toBeHidden();
});

test('while a run has the GPU maps wait; then there are those of the new weights, and what was mistaken', async () => {
  await classMap().selectOption('baseline, 48 px');
  await expect(firstPhoto().locator('canvas')).toHaveCount(2);
  await page.evaluate(() => void window.studio.start('finetune'));
  await page.evaluate(() => window.studio.pause());
  await expect(room().getByTestId('map-legend')).toContainText('Maps come once the GPU is free.');
  await page.evaluate(() => window.studio.resume());
  await runToEnd(page);
  // At whichever size was best.
  await classMap().selectOption(await classMap().locator('option', { hasText: 'fine-tuned' }).first().textContent());
  await expect(firstPhoto()).toHaveAccessibleName(/by fine-tuned, \d+ px, (right|taken for)/);

  // From what is mistaken for what to the photos themselves, and from a gained or lost photo to what both looked at.
  await goTo(page, 'finetune');
  await showTab(page, 'confusions');
  const mistake = page.getByTestId('confusions').getByRole('button', { name: 'taken for' }).first();
  const count = Number.parseInt((await mistake.locator('.figures').textContent()) ?? '', 10);
  await mistake.click();
  await expect(room().getByTestId('photo-count')).toHaveText(new RegExp(`^${count} of ${ALL}`));
});

test('photos like one photo, and a map: made on demand, chosen from by a line, opened from', async () => {
  await configure(page, { epochs: 1 });
  await runDirectly(page, 'baseline');
  await goTo(page, 'photos');
  await showTab(page, 'photos');
  const room = page.getByTestId('photo-room');
  await room.getByRole('button', { name: 'Show all' }).click();
  // What is like one photo is found without a map.
  await room.getByRole('gridcell').first().focus();
  await page.keyboard.press('Enter');
  const similar = page.getByTestId('similar-photos');
  await similar.getByRole('button', { name: 'Similar photos' }).click();
  await expect(similar.getByRole('button')).toHaveCount(1 + 12);
  await expect(similar).toContainText(`The likest of ${ALL} photos`);
  await page.keyboard.press('Escape');
  await expect(similar).toBeHidden();

  await room.getByRole('button', { name: 'Map' }).click();
  const map = page.getByTestId('photo-map');
  await map.getByRole('button', { name: 'Make the map' }).click();
  const plane = map.getByRole('application');
  await expect(plane).toBeVisible({ timeout: 60_000 });
  await expect(map.getByRole('listitem')).toHaveText(
    CLASSES.map((name) => new RegExp(`${name} ${ALL / CLASSES.length}$`)),
  );
  await map.getByLabel('Colours').selectOption('Colours by right or wrong');
  await expect(map.getByRole('listitem').last()).toHaveText(`Not asked about ${ALL - VALIDATION}`);

  // A line around the whole square means every photo, around its left part some of them.
  const { x, y, width, height } = (await plane.boundingBox())!;
  const draw = async (share: number) => {
    await page.mouse.move(x + 1, y + 1);
    await page.mouse.down();
    for (const [right, down] of [
      [share, 0],
      [share, 1],
      [0, 1],
    ] as const) {
      await page.mouse.move(x + 1 + right * (width - 3), y + 1 + down * (height - 3), { steps: 4 });
    }
    await page.mouse.up();
  };
  await draw(0.5);
  await expect(room.getByTestId('photo-count')).toHaveText(new RegExp(`^\\d+ of ${ALL} photos`));
  await map.getByRole('button', { name: 'Choose none' }).click();
  await expect(room.getByTestId('photo-count')).toHaveText(`${ALL} photos`);
  await draw(1);
  await expect(room.getByRole('gridcell').first()).toBeVisible();
  await expectAccessible(page, 'a map of the photos');

  // By keys: to a point, to another, and into the photo.
  await plane.focus();
  await page.keyboard.press('ArrowRight');
  await expect(map.getByRole('status').last()).toContainText(/Training|Validation/);
  await page.keyboard.press('ArrowLeft');
  await page.keyboard.press('Enter');
  const large = page.getByTestId('large-photo');
  await expect(large).toBeVisible();
  await similar.getByRole('button', { name: 'Similar photos' }).click();
  await expect(similar.getByRole('button')).toHaveCount(1 + 12);
  await expectAccessible(page, 'photos like one photo');
  const name = await page.getByRole('dialog').getByRole('heading').first().textContent();
  await similar.getByRole('button').nth(1).click();
  await expect(page.getByRole('dialog').getByRole('heading').first()).not.toHaveText(name!);
});
