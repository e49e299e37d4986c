/** What training and evaluation yield: plain records, safe to post, store and chart. */
import type { EvalView } from '../photo/view';

/** One optimiser step. */
export interface StepRecord {
  /** Optimiser steps so far in this run, from 1. */
  globalStep: number;
  epoch: number;
  /** Mean cross entropy of the batch, nats. */
  loss: number;
  /** Share of the batch that was classified right, 0 to 1. */
  accuracy: number;
}

/** Sample means over one split. */
export interface Score {
  /** Mean cross entropy, nats. */
  loss: number;
  /** 0 to 1. */
  accuracy: number;
  correct: number;
  count: number;
  /** How many classes were named for any photo; of evaluations only. */
  named?: number;
  /** Mean recall, and mean F1, of the classes; of evaluations only. */
  balancedAccuracy?: number;
  macroF1?: number;
  /** Of 95 %, of those two. */
  intervals?: Readonly<Record<'balancedAccuracy' | 'macroF1', { low: number; high: number }>>;
  /** The share of photos whose class is among the `k` likeliest; of evaluations with more than five classes. */
  topK?: { k: number; accuracy: number };
}

/** What the best epoch is chosen by. */
export type Selection = 'accuracy' | 'balancedAccuracy' | 'macroF1';

export interface EpochRecord {
  /** From 1. */
  epoch: number;
  train: Score;
  /** The training loss as fastai shows it, a moving average over batches; of its recipe only. */
  smoothedLoss?: number;
  validation: Score;
  /** This epoch's weights are the best so far (strictly more accurate than any before). */
  best: boolean;
  /** These weights are kept, best or not: fastai selects no epoch, and goes on from the last; of its recipe only. */
  kept?: boolean;
  seconds: number;
  imagesPerSecond: number;
}

/** Whether an epoch's weights took the place of those before. */
export const isKept = ({ best, kept }: EpochRecord): boolean => kept ?? best;

/** The pooled activations (input of `fc`) of a whole split, as a histogram. */
export interface ActivationStats {
  /** Resolution of the view in px. */
  size: number;
  count: number;
  zeroFraction: number;
  /** Share above 2. */
  aboveTwoFraction: number;
  mean: number;
  /** Cumulative distribution: share of values <= `x`, at most 500 points from 0 up. */
  cdf: { x: number; p: number }[];
}

export interface SweepPoint extends Score {
  /** Test resolution in px, and the resize before it (0: none). */
  size: number;
  resize: number;
  activations: ActivationStats;
  /** How far the activations are from those at the size trained at, or else in the baseline's own view; null for itself. */
  distance: Distance | null;
  /** Accuracy a class, 0 to 1, in the data set's order; null for classes without photos. */
  classes: readonly (number | null)[];
  /** Against the baseline's own view, photo by photo; null for itself. */
  changed: PairedChange | null;
  seconds: number;
}

/** Between two distributions of activations. */
export interface Distance {
  /** Kolmogorov-Smirnov: the largest vertical distance, 0 to 1. */
  ks: number;
  /** Wasserstein-1: the area between both, in units of activation. */
  w1: number;
  /** Resolution in px of what it is measured from. */
  from: number;
}

/** The activations at a test resolution before and after fine-tuning there (paper, figure 4). */
export interface ActivationShift {
  after: ActivationStats;
  before: ActivationStats;
  /** At the resolution trained at, or in the baseline's own view: what both are held against. */
  reference: ActivationStats;
  beforeDistance: Distance;
  afterDistance: Distance;
}

/** Fine-tuned weights against those that they came from, photo by photo; null where that view was not measured. */
export interface TuningGain {
  /** At the same size. */
  sameView: { score: Score; changed: PairedChange } | null;
  /** In the baseline's own view. */
  ownView: { score: Score; changed: PairedChange } | null;
}

/** Photos that only the second, and only the first, of two classifiers gets right. */
export interface PairedChange {
  won: number;
  lost: number;
  /** McNemar's exact test, two-sided. */
  p: number;
  /** By what epochs and sizes are chosen by, where that is not accuracy. */
  metric?: MetricChange;
}

/** What a mean over classes has changed by, the second classifier's less the first's. */
export interface MetricChange {
  by: Exclude<Selection, 'accuracy'>;
  difference: number;
  /** 95 % interval of it, of the paired bootstrap. */
  low: number;
  high: number;
  /** The paired permutation test's, two-sided. */
  p: number;
}

/** What the measured sizes recommend. */
export interface Recommendation {
  /** Of highest accuracy, the smaller of equals. */
  best: number;
  /** That size against the one trained at, photo by photo; null where they are the same, or that was not measured. */
  againstTrained: PairedChange | null;
  /** The smallest size that is not told apart from the best: it costs least. */
  recommended: number;
  /** Share of the best size's multiplications that it saves. */
  saved: number;
  /** Sizes that are not told apart from the best, itself included. */
  withinNoise: number[];
  sentence: string;
}

/** One line of an experiment's table. */
export interface ExperimentRow {
  /** What was done, in a few words: "the classifier", "Fréchet map". */
  name: string;
  /** Photos that it was tuned on, where it was tuned. */
  views: 'train' | 'test' | null;
  /** px: what the weights saw last in training, and what they are tested at. */
  trainSize: number;
  testSize: number;
  score: Score;
  /** Photo by photo against the weights as they were, at the same size; null for those, or where nothing compares. */
  changed: PairedChange | null;
  /** Epochs trained for it. */
  epochs: number;
  /** Multiply-accumulates of one photo's training step; of trainings only. */
  trainMacs?: number;
  /** Multiply-accumulates of one photo's test; where costs are compared. */
  testMacs?: number;
  /** How many times as large things look in testing as in training, on average; of training at a low resolution only. */
  apparent?: number;
  /** Which photos it was tested on, where rows have others each: they compare with none. */
  fold?: number;
  /** Its networks started from opened weights, and nobody knows which photos these had seen; of runs in folds only. */
  fromOpened?: boolean;
  /** What was worked out on the way, such as a fitted law. */
  note: string | null;
}

/** A photo whose label is probably wrong. */
export interface LabelIssue {
  /** Of the photo, among those given. */
  index: number;
  label: number;
  /** What it probably is. */
  suggested: number;
  /** Probability of the label: the lower, the likelier it is wrong. */
  selfConfidence: number;
}

/** One step of the search for a learning rate. */
export interface RatePoint {
  lr: number;
  /** Mean cross entropy of the batch, nats. */
  loss: number;
  /** The same as a moving average over the steps so far: what is judged by. */
  smoothedLoss: number;
}

/** Learning rates that fastai suggests after the search. */
export interface SuggestedRates {
  /** Within the longest fall of the loss. */
  valley: number;
  /** Where the loss falls most steeply. */
  steep: number;
}

/** How fast a machine trains the reference network. */
export interface MachineBenchmark {
  /** Training ResNet-50 at 224 px, batch 64. */
  imagesPerSecond: number;
  /** Floating-point operations a second in training steps. */
  flopsPerSecond: number;
  /** The step that was timed: on a slow machine a smaller one, from which the rest is worked out by its operations. */
  measured: { rows: number; size: number };
  /** Photos read, decoded and cut to training views; null if none could be. */
  loading: { photosPerSecond: number; from: 'open photos' | 'sample' } | null;
  /** Of the blog's three steps on its 21,397 photos: each phase as long as the slower of arithmetic and loading. */
  blogSeconds: number;
  /** Most of that time would be waited for photos. */
  loadingBound: boolean;
}

/** One training step in our kernels beside the same in stock TensorFlow.js, on this adapter. */
export interface GpuCheck {
  /** When, ISO 8601. */
  at: string;
  arch: string;
  batch: number;
  size: number;
  /** Gradients compared. */
  tensors: number;
  /** For each way to convolve: relative error of the loss, and of the gradient that is farthest off. */
  ways: { name: string; loss: number; gradient: { key: string; error: number } }[];
  /** All within what the order of additions explains. */
  agrees: boolean;
  seconds: number;
}

/** Everything a run says while it goes on; consumers chart it, count it, or print it. */
export type RunRecord =
  /** A training epoch or an evaluation begins. */
  | { kind: 'phase'; phase: 'training' | 'evaluating'; epoch: number; batches: number; images: number; size: number }
  /** Kernels are being timed against one another on this adapter, `done` of `of` operations so far. */
  | { kind: 'tuning'; done: number; of: number; size: number }
  /** The GPU has no room for a whole batch: it goes in parts, whose batch statistics are their own. */
  | { kind: 'microBatch'; microBatch: number; batchSize: number }
  | { kind: 'step'; record: StepRecord; images: number }
  /** One batch has been evaluated. */
  | { kind: 'evaluated'; images: number }
  /** Activations of the evaluation under way, as far as it is. */
  | { kind: 'partialActivations'; activations: ActivationStats }
  /** What fine-tuning has done to the activations, whenever its weights are the best so far. */
  | { kind: 'shift'; shift: ActivationShift }
  /** What fine-tuning has gained, whenever its weights are the best so far. */
  | { kind: 'gain'; gain: TuningGain }
  | { kind: 'epoch'; record: EpochRecord }
  /** `reference` marks the baseline's own view, measured beside a sweep. */
  | { kind: 'sweepPoint'; point: SweepPoint; reference: boolean }
  /** After a sweep: which size to use. */
  | { kind: 'recommendation'; recommendation: Recommendation }
  | { kind: 'ratePoint'; point: RatePoint }
  /** After a search for a learning rate; null if the loss never fell. */
  | { kind: 'suggestedRates'; suggested: SuggestedRates | null }
  | { kind: 'evaluation'; score: Score; view: EvalView }
  /** What was chosen, measured on photos on which nothing was chosen. */
  | { kind: 'heldOut'; score: Score; view: EvalView }
  /** A photo that cannot be read and is stepped over, told once. */
  | { kind: 'unreadable'; path: string; reason: string }
  /** Training photos whose label is doubted, the likeliest first. */
  | { kind: 'suspects'; suspects: readonly LabelIssue[] }
  /** An experiment has filled a line of its table. */
  | { kind: 'row'; row: ExperimentRow };
