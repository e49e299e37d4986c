import { expect, test } from 'vitest';
import { scoreOf } from '../testing/runs';
import { costCurves, sizeGrids, sizePairs } from './trainTest';

const row = (name: string, trainSize: number, testSize: number, correct: number, testMacs?: number) => ({
  name,
  views: null,
  trainSize,
  testSize,
  score: scoreOf(correct, 100),
  changed: null,
  epochs: 1,
  note: null,
  ...(testMacs !== undefined && { testMacs }),
});

test('a grid has a line a train size, and holes where nothing is measured yet', () => {
  const grids = sizeGrids(
    sizePairs([
      row('as trained', 160, 96, 50),
      row('as trained', 128, 96, 40),
      row('as trained', 128, 160, 60),
      row('fine-tuned', 128, 160, 70),
    ]),
  );
  expect(grids.map(({ name }) => name)).toEqual(['as trained', 'fine-tuned']);
  expect(grids[0]).toMatchObject({ testSizes: [96, 160], lines: [{ trainSize: 128 }, { trainSize: 160 }] });
  expect(grids[0]!.lines[1]!.cells).toEqual([
    { text: '50.0 %', share: expect.closeTo(1 / 3, 6) as number, best: false },
    null,
  ]);
  expect(grids[1]!.lines[0]!.cells[1]).toEqual({ text: '70.0 %', share: 1, best: true });
  expect(sizeGrids([])).toEqual([]);
});

test('costs are a curve a network and way, from cheap to dear', () => {
  const curves = costCurves([
    row('as trained', 128, 160, 60, 2e9),
    row('as trained', 128, 96, 40, 1e9),
    row('fine-tuned', 128, 96, 50, 1e9),
    // Kept by an older version.
    row('as trained', 160, 96, 50),
  ]);
  expect(curves.map(({ name, part, points }) => [name, part, points.map(({ x, y }) => [x, y])])).toEqual([
    [
      'trained at 128 px',
      undefined,
      [
        [1, 40],
        [2, 60],
      ],
    ],
    ['trained at 128 px, fine-tuned', 'tuned', [[1, 50]]],
  ]);
});
