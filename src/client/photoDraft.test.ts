import { expect, test } from 'vitest';
import { changesText, countChanges, NO_CHANGES, surplusPhotos, undone, withChange } from './photoDraft';

const columns = { counts: { train: 4, validation: 2, test: 1 }, labels: Int32Array.of(0, 1, 0, 0, 1, 1, 0) };

test('changes are gathered, taken back, and none where they say what is so', () => {
  const first = withChange(NO_CHANGES, [0, 1], { leaveOut: true }, columns);
  const second = withChange(first, [2], { label: 1 }, columns);
  const third = withChange(second, [2], { to: 'validation' }, columns);
  expect(third.changes.get(2)).toEqual({ label: 1, to: 'validation' });
  expect(countChanges(third)).toEqual({ leftOut: 2, relabelled: 1, moved: 1 });
  expect(changesText(countChanges(third))).toBe('2 photos left out, 1 of another class, 1 in another split');
  // What is left out is of no class, whatever was said of it before.
  expect(countChanges(withChange(third, [2], { leaveOut: true }, columns))).toMatchObject({
    leftOut: 3,
    relabelled: 0,
  });
  const back = withChange(third, [2], { label: 0, to: 'train' }, columns);
  expect(back.changes.has(2)).toBe(false);
  expect(undone(back)).toEqual(third);
  expect(undone(undone(undone(third))).changes.size).toBe(0);
  expect(undone(NO_CHANGES)).toEqual(NO_CHANGES);
  expect(withChange(third, [0, 1], { leaveOut: false }, columns).changes.size).toBe(1);
});

test('of the same photos one stays, of those that are measured on; where labels differ, all do', () => {
  expect(
    surplusPhotos(
      {
        groups: [
          [0, 2, 6],
          [4, 5],
          [1, 2],
          [2, 3],
        ],
      },
      columns,
    ),
  ).toEqual([0, 2, 5, 3]);
});
