/** What becomes of photos that are opened again, and of those that are added to open ones. */
import { expect, test } from 'vitest';
import { photos, table, type Files } from '../testing/folders';
import { testHost } from '../testing/host';
import { Session } from './session';

const asked = (name: string, files: Files) => ({
  name,
  files: Object.entries(files).map(([path, content]) => ({ path, file: new File([content], path) })),
  last: true,
});
const webgpu = undefined;
const TWO_LABELS: Files = {
  ...photos('#.jpg', 12),
  't.csv': table('image,sex,site', 12, (i) => `${i}.jpg,${'mf'[i % 2]!},${'xyz'[i % 3]!}`),
};

test('what a person has decided about a folder holds when it is opened again, by another session too', async () => {
  const host = testHost(webgpu);
  const first = new Session(host, () => undefined);
  expect((await first.openFiles(asked('set', TWO_LABELS)))?.refusal).toMatchObject({ code: 'which-label-column' });
  await first.understand({ settings: { labelColumn: 'site' } });
  const again = await new Session(host, () => undefined).openFiles(
    asked('set', { ...TWO_LABELS, '12.jpg': TWO_LABELS['0.jpg']! }),
  );
  expect(again).toMatchObject({
    settings: { labelColumn: 'site' },
    classes: [{ name: 'x' }, { name: 'y' }, { name: 'z' }],
  });
  const other = await new Session(host, () => undefined).openFiles(asked('other', TWO_LABELS));
  expect(other?.settings).toEqual({});
});

test('choices that the folder has outgrown are forgotten', async () => {
  const host = testHost(webgpu);
  const session = new Session(host, () => undefined);
  await session.openFiles(asked('set', TWO_LABELS));
  await session.understand({ settings: { labelColumn: 'site' } });
  const changed = { ...TWO_LABELS, 't.csv': table('image,label', 12, (i) => `${i}.jpg,${'ab'[i % 2]!}`) };
  const summary = await new Session(host, () => undefined).openFiles(asked('set', changed));
  expect(summary).toMatchObject({ settings: {}, classes: [{ name: 'a' }, { name: 'b' }] });
});

test('photos of a class are added to the open ones', async () => {
  const session = new Session(testHost(webgpu), () => undefined);
  await session.openFiles(asked('pets', { ...photos('cat/#.jpg', 4), ...photos('dog/#.jpg', 4) }));
  const summary = await session.openFiles({ ...asked('Dropped photos', photos('#.jpg', 4)), add: { label: 'bird' } });
  expect(summary).toMatchObject({ name: 'pets', classes: [{ name: 'bird' }, { name: 'cat' }, { name: 'dog' }] });
});
