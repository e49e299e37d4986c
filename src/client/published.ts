/**
 * Figures that others published, to be drawn beside one's own. The blog: "FixRes on Cassava" (2021), ResNet-50 on Kaggle's
 * Cassava set, 4279 validation photos. The paper: Touvron et al. 2019, ResNet-50 on ImageNet. What stands in no text or table
 * was read off a plot, and is marked so.
 */
import type { Curve, Curves } from './comparison';

/** The fewest that an accuracy here was measured on: the blog's. */
export const PUBLISHED_PHOTOS = 4279;

type Point = readonly [x: number, y: number];

/** As the text or a table prints them, but at the x of `digitised`. */
function published(name: string, points: readonly Point[], digitised: readonly number[] = []): Curve {
  return {
    name,
    published: true,
    color: colorOf(name),
    points: points.map(([x, y]) => ({ x, y, ...(digitised.includes(x) && { digitised: true }) })),
  };
}

/** After those of a few runs of one's own: what continues a curve has its colour's neighbour. */
const colorOf = (name: string): number => (/fine-tun|280 px|64 px|after/.test(name) ? 6 : 5);

const byEpoch = (values: readonly number[]): Point[] => values.map((value, i) => [i + 1, value]);
/** fastai prints shares. */
const percent = (shares: readonly number[]): number[] => shares.map((share) => Number((100 * share).toFixed(4)));

/** fastai's `fine_tune(5)` at 224 px, its frozen epoch first, and `fit(5)` at 280 px. */
const FASTAI = {
  at224: {
    train: [1.067555, 0.675441, 0.543039, 0.463506, 0.340905, 0.276],
    validation: [0.806518, 0.725409, 0.556987, 0.510089, 0.478553, 0.470489],
    accuracy: [0.727506, 0.757887, 0.820986, 0.833606, 0.843188, 0.849965],
  },
  at280: {
    train: [0.319706, 0.29898, 0.286727, 0.280145, 0.268317],
    validation: [0.466751, 0.54748, 0.461916, 0.508987, 0.517633],
    accuracy: [0.856509, 0.825193, 0.858378, 0.841785, 0.842253],
  },
};

export const BLOG: Curves = {
  epochs: [
    published("blog's baseline", byEpoch([61.58, 23.35, 13.58, 33.68, 64.71, 64.95, 63.29, 51.16, 66.77, 71.09])),
    published("blog's fine-tuning", byEpoch([79.46, 79.67, 79.67, 79.53, 79.46])),
    published("blog's fastai run, 224 px", byEpoch(percent(FASTAI.at224.accuracy))),
    published("blog's fastai run, then 280 px", byEpoch(percent(FASTAI.at280.accuracy))),
  ],
  losses: [
    published(
      "blog's baseline, training",
      byEpoch([1.105, 0.928, 0.873, 0.819, 0.776, 0.757, 0.736, 0.71, 0.702, 0.682]),
    ),
    published(
      "blog's baseline, validation",
      byEpoch([1.139, 1.594, 2.089, 1.667, 1.022, 1, 1.207, 1.155, 0.926, 0.786]),
    ),
    published("blog's fine-tuning, training", byEpoch([0.65, 0.642, 0.632, 0.644, 0.64])),
    published("blog's fine-tuning, validation", byEpoch([0.582, 0.587, 0.588, 0.589, 0.585])),
    published("blog's fastai run, 224 px, training (smoothed)", byEpoch(FASTAI.at224.train)),
    published("blog's fastai run, 224 px, validation", byEpoch(FASTAI.at224.validation)),
    published("blog's fastai run, then 280 px, training (smoothed)", byEpoch(FASTAI.at280.train)),
    published("blog's fastai run, then 280 px, validation", byEpoch(FASTAI.at280.validation)),
  ],
  sizes: [
    published(
      "blog's sweep",
      [
        [64, 55.9],
        [128, 72.3],
        [224, 77.4],
        [384, 77.89],
        [480, 76.2],
      ],
      [64, 128, 224, 480],
    ),
    published("blog's baseline, its own view", [[224, 71.09]]),
  ],
  activations: [],
};

const FIGURE_3_X = [0, 0.05, 0.1, 0.2, 0.25, 0.3, 0.4, 0.5, 0.75, 1, 1.5, 2, 3, 4];
const FIGURE_4_X = [0, 0.1, 0.25, 0.5, 0.75, 1, 1.5, 2, 3, 4];

/** A figure's curve, in percent; the text states the shares at `stated`. */
function figure(name: string, xs: readonly number[], shares: readonly number[], stated: readonly number[] = []): Curve {
  const points = shares.map((share, i): Point => [xs[i]!, share]);
  return published(
    name,
    points,
    xs.filter((x) => !stated.includes(x)),
  );
}

export const PAPER: Curves = {
  epochs: [],
  losses: [],
  sizes: [
    // Table 5, left, and section 3.3.
    published('paper, trained at 224 px', [
      [64, 29.4],
      [128, 65.4],
      [224, 77],
      [256, 78],
      [288, 78.4],
      [320, 78.3],
      [384, 77.7],
      [448, 76.6],
      [480, 75.9],
    ]),
    // Table 5, right.
    published('paper, fine-tuned at each size', [
      [64, 41.7],
      [128, 67.7],
      [224, 77.1],
      [288, 78.6],
      [384, 79],
      [448, 78.4],
      [480, 78.1],
    ]),
  ],
  activations: [
    figure(
      'paper, 224 px (figures 3 and 4)',
      FIGURE_3_X,
      [0.5, 10.6, 21.1, 39.7, 47.5, 54.2, 65.1, 73.4, 85.9, 92.1, 97.1, 98.8, 99.7, 99.9],
      [0, 2],
    ),
    figure(
      'paper, 64 px (figure 3)',
      FIGURE_3_X,
      [29.8, 35.8, 40.1, 46.6, 49.2, 51.7, 56, 59.8, 67.6, 73.7, 82.5, 88.1, 94.2, 96.9],
      [0, 2],
    ),
    figure(
      'paper, 448 px (figures 3 and 4)',
      FIGURE_3_X,
      [0, 6.4, 18.5, 44, 54.6, 63.3, 75.9, 83.9, 93.4, 96.8, 99, 99.6, 99.9, 100],
    ),
    figure('paper, 448 px fine-tuned (figure 4)', FIGURE_4_X, [0, 9.8, 37.2, 71.3, 86.9, 93.5, 98, 99.2, 99.8, 99.9]),
    figure('paper, 128 px fine-tuned (figure 4)', FIGURE_4_X, [7.3, 34, 54, 72.8, 83.2, 89.3, 95.3, 97.7, 99.3, 99.7]),
    figure(
      'paper, 64 px fine-tuned (figure 4)',
      FIGURE_4_X,
      [30.7, 45.8, 58.1, 71.1, 79.5, 85.1, 91.8, 95.2, 98.1, 99.2],
    ),
  ],
};

/** Which of the drawn values were read off plots; null if none. */
export function digitisedSentence(curves: readonly Curve[]): string | null {
  const told = curves.flatMap(({ name, points }) => {
    const read = points.filter(({ digitised }) => digitised);
    const stated = points.filter(({ digitised }) => !digitised);
    if (read.length === 0) return [];
    if (stated.length === 0) return [name];
    const fewer = read.length <= stated.length ? `at ${listOf(read)}` : `but at ${listOf(stated)}`;
    return [`${name}, ${fewer}`];
  });
  return told.length > 0 ? `Digitised from plots, good to 0.2 points: ${told.join('; ')}.` : null;
}

const listOf = (points: readonly { x: number }[]) =>
  points
    .map(({ x }) => x)
    .join(', ')
    .replace(/, ([^,]*)$/, ' and $1');
