import { expect, test } from 'vitest';
import { csvOf } from './csv';
import { overlayTable } from './chartTables';
import { BLOG, digitisedSentence, PAPER } from './published';

const valuesOf = (curves: typeof BLOG.sizes, name: string) =>
  curves.find((curve) => curve.name === name)!.points.map(({ x, y }) => [x, y]);

test('the blog’s figures are all there: sweep, baseline’s view, losses, and its fastai run', () => {
  expect(valuesOf(BLOG.sizes, "blog's sweep").map(([size]) => size)).toEqual([64, 128, 224, 384, 480]);
  expect(valuesOf(BLOG.sizes, "blog's baseline, its own view")).toEqual([[224, 71.09]]);
  expect(valuesOf(BLOG.losses, "blog's baseline, training")).toHaveLength(10);
  expect(valuesOf(BLOG.losses, "blog's fine-tuning, validation").at(-1)).toEqual([5, 0.585]);
  // Right answers of 4279, which the shares are whole numbers of.
  const right = [
    [3113, 3243, 3513, 3567, 3608, 3637],
    [3665, 3531, 3673, 3602, 3604],
  ].flat();
  const fastai = ['224 px', 'then 280 px'].flatMap((size) => valuesOf(BLOG.epochs, `blog's fastai run, ${size}`));
  expect(fastai.map(([, y]) => Math.round((y! / 100) * 4279))).toEqual(right);
});

test('the paper’s figure 4 is there, and distributions only rise', () => {
  const tuned = PAPER.activations.filter(({ name }) => name.includes('fine-tuned'));
  expect(tuned.map(({ name }) => name)).toEqual(
    [448, 128, 64].map((size) => `paper, ${size} px fine-tuned (figure 4)`),
  );
  for (const { points } of PAPER.activations)
    for (const [i, { y }] of points.entries()) expect(y).toBeGreaterThanOrEqual(points[i - 1]?.y ?? 0);
});

test('what was read off a plot is said to be', () => {
  expect(digitisedSentence(BLOG.sizes)).toBe("Digitised from plots, good to 0.2 points: blog's sweep, but at 384.");
  expect(digitisedSentence(BLOG.epochs)).toBeNull();
  const [reference, , , tuned] = PAPER.activations;
  expect(digitisedSentence([reference!, tuned!])).toBe(
    'Digitised from plots, good to 0.2 points: paper, 224 px (figures 3 and 4), but at 0 and 2; paper, 448 px fine-tuned (figure 4).',
  );
  const table = overlayTable(BLOG.sizes.slice(0, 1), { xName: 'px', yName: '%', format: String });
  expect(csvOf(table.data).split('\r\n').slice(0, 5)).toEqual([
    "px,blog's sweep: %,blog's sweep: known from",
    '64,55.9,plot',
    '128,72.3,plot',
    '224,77.4,plot',
    '384,77.89,text',
  ]);
});
