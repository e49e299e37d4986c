/** Links in a folder: followed once, and told where they lead nowhere. */
import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { openDataset } from '../../engine/dataset/open';
import { JPEG } from '../../testing/folders';
import { warningText } from '../../words/datasetWarnings';
import { folderSource } from './folderSource';

const root = await mkdtemp(path.join(tmpdir(), 'links-'));
afterAll(() => rm(root, { recursive: true }));

test('linked folders and photos are read, links up are not followed, and a link to nothing is told', async () => {
  const [real, linked] = [path.join(root, 'real'), path.join(root, 'linked')];
  for (const place of [path.join(real, 'cat'), path.join(linked, 'dog')]) await mkdir(place, { recursive: true });
  for (let i = 0; i < 6; i++) {
    await writeFile(path.join(real, 'cat', `${i}.jpg`), JPEG);
    await symlink(path.join(real, 'cat', `${i}.jpg`), path.join(linked, 'dog', `${i}.jpg`));
  }
  await symlink(path.join(real, 'cat'), path.join(linked, 'cat'));
  await symlink('..', path.join(linked, 'dog', 'up'));
  await symlink('/nowhere/1.jpg', path.join(linked, 'dog', 'gone.jpg'));
  await symlink('/nowhere/labels.csv', path.join(linked, 'labels.csv'));
  const { classes, train, validation, warnings, unused } = await openDataset(await folderSource(linked), { seed: 1 });
  expect(classes).toEqual(['cat', 'dog']);
  expect(train.length + validation.length).toBe(12);
  expect(unused).toBe(1);
  expect(warnings.map(warningText).join()).toContain(
    'dog/gone.jpg was left out: it is no photo that browsers decode, but a file that cannot be opened',
  );
});
