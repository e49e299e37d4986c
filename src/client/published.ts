/**
 * Figures that others published, to be drawn beside one's own. The blog: "FixRes on Cassava" (2021), ResNet-50 on Kaggle's
 * Cassava set. The paper: Touvron et al. 2019, ResNet-50 on ImageNet (tables 5 and 6, section 3.3, figure 3).
 */
import type { Curve, Curves } from './comparison';

const published = (name: string, points: readonly (readonly [number, number])[]): Curve => ({
  name,
  published: true,
  points: points.map(([x, y]) => ({ x, y })),
});

const byEpoch = (accuracies: readonly number[]) => accuracies.map((accuracy, i) => [i + 1, accuracy] as const);

/** Of figure 3, digitised. */
const FIGURE_3_X = [0, 0.05, 0.1, 0.2, 0.25, 0.3, 0.4, 0.5, 0.75, 1, 1.5, 2, 3, 4];

export const BLOG: Curves = {
  epochs: [
    published("blog's baseline", byEpoch([61.58, 23.35, 13.58, 33.68, 64.71, 64.95, 63.29, 51.16, 66.77, 71.09])),
    published("blog's fine-tuning", byEpoch([79.46, 79.67, 79.67, 79.53, 79.46])),
  ],
  sizes: [
    published("blog's sweep", [
      [64, 55.9],
      [128, 72.3],
      [224, 77.4],
      [384, 77.89],
      [480, 76.2],
    ]),
  ],
  activations: [],
};

export const PAPER: Curves = {
  epochs: [],
  sizes: [
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
    published(
      'paper, 224 px',
      [0.5, 10.6, 21.1, 39.7, 47.5, 54.2, 65.1, 73.4, 85.9, 92.1, 97.1, 98.8, 99.7, 99.9].map(
        (share, i) => [FIGURE_3_X[i]!, share] as const,
      ),
    ),
    published(
      'paper, 64 px',
      [29.8, 35.8, 40.1, 46.6, 49.2, 51.7, 56, 59.8, 67.6, 73.7, 82.5, 88.1, 94.2, 96.9].map(
        (share, i) => [FIGURE_3_X[i]!, share] as const,
      ),
    ),
  ],
};
