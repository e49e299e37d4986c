/** The page's state as runs would leave it: screens with results, without an hour of training. */
import type { KeptRun, StudioState } from '../client/state';
import type { ActivationStats, EpochRecord, Score, SweepPoint } from '../engine/base/records';
import { PRESET_CONFIGS, type StudioConfig } from '../engine/experiments/meta';
import type { TestView, WeightsOrigin } from '../protocol/weights';
import type { EpochPoint, RunResult } from '../protocol/results';
import { datasetSummary, runResult, weightsInfo } from './runs';

const CASSAVA = ['Bacterial Blight', 'Brown Streak Disease', 'Green Mottle', 'Mosaic Disease', 'Healthy'];

export interface Story {
  /** Numbered where there are more than five. */
  classes?: number;
  /** Of the names. */
  longNames?: boolean;
  /** Accuracies by epoch, by test size, and after fine-tuning, 0 to 1. */
  baseline?: readonly number[];
  sweep?: readonly number[];
  tuned?: readonly number[];
}

export const GOOD: Required<Pick<Story, 'baseline' | 'sweep' | 'tuned'>> = {
  baseline: [0.32, 0.41, 0.52, 0.5, 0.58, 0.642, 0.63, 0.68, 0.66, 0.711],
  sweep: [0.41, 0.62, 0.711, 0.753, 0.72],
  tuned: [0.78, 0.79, 0.797],
};
/** Along the line of what guessing gives, 0.29. */
export const NOTHING_LEARNED: typeof GOOD = {
  baseline: [0.286, 0.294, 0.289],
  sweep: [0.287, 0.29, 0.294, 0.289, 0.285],
  tuned: [0.288],
};

const TESTED = 2134;
/** Of the validation photos, those of the fourth class. */
const MOST_FREQUENT = 620;

/** The others share the rest, the first of them what is left over. */
function validationOf(index: number, count: number): number {
  const each = Math.floor((TESTED - MOST_FREQUENT) / (count - 1));
  return index === 0 ? TESTED - MOST_FREQUENT - each * (count - 2) : each;
}
const SIZES = [64, 128, 224, 384, 480];

/** Training config of the stories: the blog's, its axis as long as the story. */
const configOf = (epochs: number): StudioConfig => ({
  ...PRESET_CONFIGS.blog,
  epochs,
  sweepSizes: SIZES,
  tuneEpochs: 3,
});

const scoreOf = (accuracy: number): Score => {
  const correct = Math.round(accuracy * TESTED);
  return { loss: 1.9 * (1 - accuracy) + 0.2, accuracy: correct / TESTED, correct, count: TESTED };
};

/** Repeats itself: a wave where chance would be. */
const wave = (i: number): number => Math.sin(i * 12.9898) * 0.5;

interface Shape {
  run: 'baseline' | 'finetune';
  epochs: number;
  size: number;
  startedAt: string;
  trainCount: number;
}

function trainingOf(accuracies: readonly number[], { run, epochs, size, startedAt, trainCount }: Shape): RunResult {
  const stepsAnEpoch = Math.ceil(trainCount / 64);
  let best = -1;
  const records: EpochPoint[] = accuracies.map((accuracy, i) => {
    const isBest = accuracy > best;
    best = Math.max(best, accuracy);
    const record: EpochRecord = {
      epoch: i + 1,
      train: { ...scoreOf(accuracy * 0.96), count: trainCount },
      validation: scoreOf(accuracy),
      best: isBest,
      seconds: 150,
      imagesPerSecond: 114,
    };
    return { step: (i + 1) * stepsAnEpoch, record };
  });
  const steps = accuracies.length * stepsAnEpoch;
  const points = Array.from({ length: 300 }, (_, i) => {
    const step = Math.round(((i + 1) * steps) / 300);
    const along = step / stepsAnEpoch;
    const accuracy = accuracies[Math.min(accuracies.length - 1, Math.floor(along))]! * 0.96 + wave(i) * 0.16;
    return { step, loss: 1.9 * (1 - accuracy) + 0.2, accuracy: Math.max(0, accuracy), count: 8 };
  });
  return runResult(run, {
    config: configOf(epochs),
    startedAt,
    seconds: 150 * accuracies.length,
    size,
    series: { stride: 8, points },
    lastStep: { globalStep: steps, epoch: accuracies.length, loss: 0.7, accuracy: accuracies.at(-1)! },
    epochs: records,
  });
}

const activationsOf = (size: number): ActivationStats => ({
  size,
  count: TESTED * 2048,
  zeroFraction: 22 / size,
  aboveTwoFraction: 0.02,
  mean: 0.45,
  cdf: Array.from({ length: 100 }, (_, i) => ({
    x: i / 25,
    p: 1 - (1 - 22 / size) * Math.exp((-i / 25) * (1 + size / 300)),
  })),
});

function sweepOf(accuracies: readonly number[], classes: number, epochs: number): RunResult {
  const point = (size: number, accuracy: number): SweepPoint => ({
    ...scoreOf(accuracy),
    size,
    resize: Math.round(1.25 * size),
    activations: activationsOf(size),
    distance: size === 224 ? null : { ks: Math.abs(size - 224) / 1600, w1: 0.1, from: 224 },
    classes: Array.from({ length: classes }, (_, k) =>
      Math.min(1, Math.max(0, accuracy + wave(k + 1) * 0.4 + wave(k * size) * 0.1)),
    ),
    changed: { won: 120, lost: 30, p: accuracy > 0.7 ? 1e-6 : 0.4 },
    seconds: 40,
  });
  const points = accuracies.map((accuracy, i) => point(SIZES[i]!, accuracy));
  const best = points.reduce((a, b) => (b.accuracy > a.accuracy ? b : a)).size;
  return runResult('sweep', {
    config: configOf(epochs),
    startedAt: '2026-03-01T12:00:00Z',
    seconds: 200,
    points,
    reference: { ...point(224, accuracies[2] ?? 0.5), resize: 0, changed: null },
    recommendation: {
      best,
      recommended: best,
      saved: 0,
      withinNoise: [best],
      againstTrained: best === 224 ? null : { won: 150, lost: 40, p: 1e-6 },
      sentence: '',
    },
  });
}

const gainOf = (own: number, same: number): RunResult['gain'] => ({
  ownView: { score: scoreOf(own), changed: { won: 212, lost: 29, p: 1e-9 } },
  sameView: { score: scoreOf(same), changed: { won: 140, lost: 45, p: 1e-8 } },
});

const viewAt = (crop: number): TestView => ({
  resize: 0,
  crop,
  filter: 'bilinear',
  normalize: false,
  squish: false,
  respectExif: false,
  cacheSide: 0,
});

const originOf = (name: string, crop: number, accuracy: number): WeightsOrigin => ({
  run: name.startsWith('fine') ? 'finetune' : 'baseline',
  name,
  madeAt: '2026-03-01T10:00:00Z',
  config: null,
  data: null,
  view: viewAt(crop),
  score: scoreOf(accuracy),
});

/** A part of the state with a data set and what the story says was found. */
export function storyState(story: Story): Partial<StudioState> {
  const count = story.classes ?? 5;
  const names =
    count <= CASSAVA.length ? CASSAVA.slice(0, count) : Array.from({ length: count }, (_, i) => `Breed ${i + 1}`);
  const long = (name: string) =>
    story.longNames ? `${name}, with all the qualifications that a herbarium writes on its sheets` : name;
  const classes = names.map((name, i) => ({
    name: `Cassava ${long(name)}`,
    train: i === 3 ? 10527 : 1200 + 100 * (i % 9),
    validation: i === 3 ? MOST_FREQUENT : validationOf(i, count),
    test: 0,
  }));
  const dataset = datasetSummary({
    name: 'cassava',
    format: 'train.csv names image and label; test photos drawn by us, 10 %',
    classes,
  });
  const { trainCount } = dataset;
  const epochs = Math.max(10, story.baseline?.length ?? 0);
  return {
    dataset,
    config: configOf(epochs),
    weights: story.baseline
      ? weightsInfo({
          arch: 'resnet50',
          classes: classes.map(({ name }) => name),
          origin: story.tuned ? 'fine-tuning at 384 px, epoch 3' : 'baseline, epoch 10',
          history: [
            originOf('baseline, epoch 10', 224, story.baseline.at(-1) ?? 0.5),
            ...(story.tuned ? [originOf('fine-tuning at 384 px, epoch 3', 384, story.tuned.at(-1)!)] : []),
          ],
          view: viewAt(story.tuned ? 384 : 224),
        })
      : null,
    weightsSlot: story.tuned ? 'finetune' : 'baseline',
    baseline: story.baseline
      ? trainingOf(story.baseline, {
          run: 'baseline',
          epochs,
          size: 224,
          startedAt: '2026-03-01T10:00:00Z',
          trainCount,
        })
      : null,
    sweep: story.sweep ? sweepOf(story.sweep, count, epochs) : null,
    finetune: story.tuned
      ? {
          ...trainingOf(story.tuned, {
            run: 'finetune',
            epochs,
            size: 384,
            startedAt: '2026-03-01T13:00:00Z',
            trainCount,
          }),
          gain: gainOf(story.baseline?.at(-1) ?? 0.5, story.sweep?.[3] ?? 0.5),
        }
      : null,
  };
}

/** Two kept runs to compare. */
export function keptOf(story: Required<Pick<Story, 'baseline' | 'sweep'>>): KeptRun[] {
  return [1, 2].map((place) => ({
    id: `2026-03-0${place}T10:00:00Z`,
    name: `cassava-${place}`,
    note: '',
    dataset: { name: 'cassava', trainCount: 17118, validationCount: TESTED },
    config: { ...configOf(10), lr: place * 1e-3 },
    baseline: trainingOf(
      story.baseline.map((a) => a - 0.03 * place),
      { run: 'baseline', epochs: 10, size: 224, startedAt: '', trainCount: 17118 },
    ).epochs.map(({ record }) => record),
    sweep: sweepOf(
      story.sweep.map((a) => a - 0.03 * place),
      5,
      10,
    ).points,
    finetune: null,
    experiments: {},
  }));
}
