import { expect, test } from 'vitest';
import { fork } from '../base/rng';
import { scaleToOne } from './nearest';
import { principalComponents, type Rows } from './principalComponents';
import { LEAST_MAPPED, type MapStage, mapBySimilarity } from './similarityMap';

function pulled<T>(work: Generator<unknown, T, undefined>): T {
  for (;;) {
    const step = work.next();
    if (step.done) return step.value;
  }
}

test('components of points on a line are their places along it', () => {
  const along = [-3, -1, 0, 4];
  // 4 + t · (3, 4) / 5, a plane of which every other direction is empty.
  const values = Float32Array.from(along.flatMap((t) => [4 + 0.6 * t, 4 + 0.8 * t, 7]));
  const places = pulled(principalComponents({ values, width: 3 }, 2, fork(1)));
  expect(places.map(([first]) => first)).toEqual(along.map((t) => expect.closeTo(t, 5) as number));
  for (const [, second] of places) expect(second).toBeCloseTo(0, 5);
});

/** Three kinds of photos, far apart in direction, of which the first is the largest. */
function clusters(): Rows & { kinds: number[] } {
  const rng = fork(5);
  const [width, kinds] = [32, Array.from({ length: 120 }, (_, i) => [0, 0, 1, 2][i % 4]!)];
  const values = Float32Array.from(
    kinds.flatMap((kind) => Array.from({ length: width }, (_, c) => (c % 3 === kind ? 1 : 0) + 0.1 * rng.normal())),
  );
  for (let i = 0; i < kinds.length; i++) scaleToOne(values.subarray(i * width, (i + 1) * width));
  return { values, width, kinds };
}

test('photos of one kind lie together, and the same seed lays them out the same', () => {
  const { kinds, ...features } = clusters();
  const places = pulled(mapBySimilarity(features, 7));
  expect(places).toHaveLength(2 * kinds.length);
  const distance = (a: number, b: number) =>
    Math.hypot(places[2 * a]! - places[2 * b]!, places[2 * a + 1]! - places[2 * b + 1]!);
  for (const [i, kind] of kinds.entries()) {
    const others = [...kinds.keys()].filter((j) => j !== i).sort((a, b) => distance(i, a) - distance(i, b));
    expect(
      others.slice(0, 10).map((j) => kinds[j]),
      `nearest of ${i}`,
    ).toEqual(Array(10).fill(kind));
  }
  expect(pulled(mapBySimilarity(features, 7))).toEqual(places);
  expect(pulled(mapBySimilarity(features, 8))).not.toEqual(places);
});

test('photos that are all the same have places, and as few as can be', () => {
  const count = LEAST_MAPPED;
  const places = pulled(mapBySimilarity({ values: new Float32Array(4 * count).fill(0.5), width: 4 }, 1));
  expect(places).toHaveLength(2 * count);
  expect(places.every(Number.isFinite)).toBe(true);
});

test('its parts come in their order, each from nearly nothing to nearly all', () => {
  const { values, width } = clusters();
  const stages: MapStage[] = [];
  for (const stage of mapBySimilarity({ values, width }, 7)) stages.push(stage);
  expect([...new Set(stages.map(({ part }) => part))]).toEqual(['neighbours', 'layout']);
  expect(stages.at(-1)).toEqual({ part: 'layout', done: 1 });
});
