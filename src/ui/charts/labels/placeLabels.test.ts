import { expect, test } from 'vitest';
import { crosses, type Label, overlaps, placeLabels, segmentsOf } from './placeLabels';

const BOUNDS = { x: 0, y: 0, width: 400, height: 200 };
const label = (kind: Label['kind'], x: number, y: number, width = 80): Label => ({
  kind,
  anchor: { x, y },
  width,
  height: 14,
});

test('a label at a curve’s end stands beside it, and needs no leader', () => {
  const [placed] = placeLabels([label('end', 300, 100)], [], BOUNDS);
  expect(placed).toMatchObject({ x: 308, y: 93, leader: null });
});

test('curves that end together have their labels one above the other, with leaders to those that moved', () => {
  const placed = placeLabels(
    [0, 1, 2, 3, 4].map((i) => label('end', 300, 100 + i)),
    [],
    BOUNDS,
  );
  placed.forEach((a, i) => placed.slice(0, i).forEach((b) => expect(overlaps(a!, b!)).toBe(false)));
  expect(placed.map((one) => one!.leader !== null)).toEqual([true, true, false, true, true]);
  // In the curves' own order.
  expect(placed.map((one) => one!.y)).toEqual(placed.map((one) => one!.y).sort((a, b) => a - b));
});

test('a dot’s label keeps off the curve that goes through it', () => {
  const curve = segmentsOf([0, 40, 80, 120, 160, 200, 240].map((x) => ({ x, y: 150 - x / 2 })));
  const [placed] = placeLabels([label('point', 120, 90)], curve, BOUNDS);
  expect(curve.some((segment) => crosses(segment, placed!))).toBe(false);
});

test('a line’s label slides to where nothing lies, else stays at its end', () => {
  expect(placeLabels([label('across', 400, 100)], [], BOUNDS)[0]).toMatchObject({ x: 320, y: 84 });
  const busy = segmentsOf([
    { x: 250, y: 60 },
    { x: 400, y: 140 },
  ]);
  const [placed] = placeLabels([label('across', 400, 100)], busy, BOUNDS);
  expect(busy.some((segment) => crosses(segment, placed!))).toBe(false);
});

test('where curves run along a line, its label stands away from them, and a leader leads to it', () => {
  const along = segmentsOf(Array.from({ length: 21 }, (_, i) => ({ x: 20 * i, y: 100 + (i % 2 ? 8 : -8) })));
  const [placed] = placeLabels([label('across', 400, 100)], along, BOUNDS);
  expect(along.some((segment) => crosses(segment, placed!))).toBe(false);
  expect(placed!.leader?.[0].y).toBe(100);
  expect(placed!.leader?.[0].x).toBe(placed!.x + 40);
});

test('nothing leaves its bounds, and what finds no place is left out', () => {
  const many = Array.from({ length: 30 }, (_, i) => label('point', 200, 100 + i, 180));
  for (const placed of placeLabels(many, [], { ...BOUNDS, height: 60 })) {
    if (placed) expect(placed.y).toBeGreaterThanOrEqual(0);
  }
  expect(placeLabels([label('point', 10, 10, 500)], [], BOUNDS)).toEqual([null]);
});

test('a segment crosses a box if a part of it lies within', () => {
  const box = { x: 10, y: 10, width: 10, height: 10 };
  expect(
    crosses(
      [
        { x: 0, y: 0 },
        { x: 30, y: 30 },
      ],
      box,
    ),
  ).toBe(true);
  expect(
    crosses(
      [
        { x: 0, y: 15 },
        { x: 5, y: 15 },
      ],
      box,
    ),
  ).toBe(false);
  expect(
    crosses(
      [
        { x: 12, y: 12 },
        { x: 13, y: 13 },
      ],
      box,
    ),
  ).toBe(true);
  expect(
    crosses(
      [
        { x: 0, y: 25 },
        { x: 30, y: 25 },
      ],
      box,
    ),
  ).toBe(false);
});
