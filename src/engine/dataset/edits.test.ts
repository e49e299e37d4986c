import { expect, test } from 'vitest';
import { folderOf, photos } from '../../testing/folders';
import { editsText, parseEdits, type PhotoEdits } from './edits';
import { openDataset } from './open';

const files = {
  ...photos('train/cat/#.jpg', 4),
  ...photos('train/dog/#.jpg', 4),
  ...photos('val/cat/#.jpg', 2),
  ...photos('val/dog/#.jpg', 2),
};
const open = (edits?: PhotoEdits) =>
  openDataset(folderOf(files), { seed: 1, ...(edits && { settings: { edits: editsText(edits) } }) });
const paths = (samples: readonly { path: string }[]) => samples.map(({ path }) => path);

test('photos are left out, of another class and in another split; others stay as they were', async () => {
  const before = await open();
  const [cat, , , fourth] = paths(before.train);
  const dog = paths(before.validation)[3]!;
  const after = await open({ [cat!]: { leaveOut: true }, [fourth!]: { label: 'dog' }, [dog]: { split: 'train' } });
  expect(after.edits).toMatchObject({ leftOut: 1, relabelled: 1, moved: 1 });
  expect(before.edits).toBeUndefined();
  expect(after.train.find(({ path }) => path === fourth)!.label).toBe(after.classes.indexOf('dog'));
  expect(paths(after.train).sort()).toEqual([...paths(before.train).filter((path) => path !== cat), dog].sort());
  expect(paths(after.validation)).toEqual(paths(before.validation).filter((path) => path !== dog));
  expect(after.unused).toBe(before.unused + 1);
});

test('our own split stays where it is, whatever is left out', async () => {
  const unsplit = { ...photos('cat/#.jpg', 20), ...photos('dog/#.jpg', 20) };
  const source = folderOf(unsplit);
  const before = await openDataset(source, { seed: 1 });
  const gone = before.validation[0]!.path;
  const after = await openDataset(source, { seed: 1, settings: { edits: editsText({ [gone]: { leaveOut: true } }) } });
  expect(paths(after.train)).toEqual(paths(before.train));
  expect(paths(after.validation)).toEqual(paths(before.validation).filter((path) => path !== gone));
});

test('the same changes have one name, in whatever order they were made; others another', async () => {
  const { train } = await open();
  const [a, b] = paths(train) as [string, string];
  const one = await open({ [a]: { leaveOut: true }, [b]: { label: 'dog' } });
  const same = await open({ [b]: { label: 'dog' }, [a]: { leaveOut: true } });
  expect(same.edits!.id).toBe(one.edits!.id);
  expect((await open({ [a]: { leaveOut: true } })).edits!.id).not.toBe(one.edits!.id);
});

test('a split that is emptied is refused, and a text that is none by name', async () => {
  const { validation } = await open();
  const none = await open(Object.fromEntries(paths(validation).map((path) => [path, { leaveOut: true as const }])));
  expect(none.refusal).toMatchObject({ code: 'no-validation' });
  for (const edits of ['[]', '{', '{"a.jpg": {"split": "elsewhere"}}', '{"a.jpg": 3}', '{"a.jpg": {"label": 3}}']) {
    expect(parseEdits(edits)).toBeNull();
    const refused = await openDataset(folderOf(files), { seed: 1, settings: { edits } });
    expect(refused.refusal).toMatchObject({ code: 'bad-setting', values: { key: 'edits' } });
  }
});

test('changes of photos that have gone, or to classes that have, are passed over', async () => {
  const { train } = await open();
  const edits: PhotoEdits = {
    'gone.jpg': { leaveOut: true },
    [train[0]!.path]: { label: 'bird' },
  };
  expect(await open(edits)).toMatchObject({ train, refusal: null });
});
