/** Classes' colours are told apart by eyes of every kind, on both grounds; runs, by colour and kind of line. */
import { expect, test } from 'vitest';
import { DARK, LIGHT, runMark } from './colors';

type Triple = readonly [number, number, number];
type Matrix = readonly [Triple, Triple, Triple];

/** How colour-blind eyes see linear RGB, at full severity (Machado, Oliveira and Fernandes, 2009). */
const EYES: Readonly<Record<string, Matrix>> = {
  usual: [
    [1, 0, 0],
    [0, 1, 0],
    [0, 0, 1],
  ],
  protan: [
    [0.152286, 1.052583, -0.204868],
    [0.114503, 0.786281, 0.099216],
    [-0.003882, -0.048116, 1.051998],
  ],
  deutan: [
    [0.367322, 0.860646, -0.227968],
    [0.280085, 0.672501, 0.047413],
    [-0.01182, 0.04294, 0.968881],
  ],
  tritan: [
    [1.255528, -0.076749, -0.178779],
    [-0.078411, 0.930809, 0.147602],
    [0.004733, 0.691367, 0.3039],
  ],
};
/** Ottosson's OKLab, in which distances are alike to the eye. */
const CONES: Matrix = [
  [0.4122214708, 0.5363325363, 0.0514459929],
  [0.2119034982, 0.6806995451, 0.1073969566],
  [0.0883024619, 0.2817188376, 0.6299787005],
];
const OKLAB: Matrix = [
  [0.2104542553, 0.793617785, -0.0040720468],
  [1.9779984951, -2.428592205, 0.4505937099],
  [0.0259040371, 0.7827717662, -0.808675766],
];
/** Between two dots of a map that lie apart; 0.02 is where colours begin to differ at all, side by side. */
const LEAST_DISTANCE = 0.08;
/** Of what is drawn, against its ground (WCAG 1.4.11). */
const LEAST_CONTRAST = 3;

const through = (matrix: Matrix, [a, b, c]: Triple): Triple =>
  matrix.map(([x, y, z]) => x * a + y * b + z * c) as unknown as Triple;
const linear = (hex: string): Triple =>
  [1, 3, 5].map((at) => {
    const value = Number.parseInt(hex.slice(at, at + 2), 16) / 255;
    return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
  }) as unknown as Triple;
const luminance = ([r, g, b]: Triple) => 0.2126 * r + 0.7152 * g + 0.0722 * b;

function distance(a: string, b: string, eye: Matrix): number {
  const [x, y] = [a, b].map((hex) => {
    const seen = through(eye, linear(hex)).map((value) => Math.min(1, Math.max(0, value))) as unknown as Triple;
    return through(OKLAB, through(CONES, seen).map(Math.cbrt) as unknown as Triple);
  }) as [Triple, Triple];
  return Math.hypot(...x.map((value, i) => value - y[i]!));
}

test.each(Object.entries({ light: LIGHT, dark: DARK }))('in the %s', (_, { classes, surface }) => {
  const pairs = classes.flatMap((a, i) => classes.slice(i + 1).map((b) => [a, b] as const));
  for (const [eyes, matrix] of Object.entries(EYES)) {
    const near = pairs.filter(([a, b]) => distance(a, b, matrix) < LEAST_DISTANCE);
    expect(near, eyes).toEqual([]);
  }
  const ground = luminance(linear(surface));
  for (const color of classes) {
    const [low, high] = [luminance(linear(color)), ground].sort((a, b) => a - b) as [number, number];
    expect((high + 0.05) / (low + 0.05), color).toBeGreaterThanOrEqual(LEAST_CONTRAST);
  }
});

test('two rounds of runs are drawn in as many ways', () => {
  const marks = Array.from({ length: 2 * LIGHT.runs.length }, (_, i) => runMark(LIGHT, i));
  expect(new Set(marks.map((mark) => JSON.stringify(mark))).size).toBe(marks.length);
  expect([marks[0], marks[8]]).toEqual([false, true].map((hollow) => ({ color: LIGHT.runs[0], hollow })));
});
