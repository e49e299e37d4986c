/** What training and evaluation yield: plain records, safe to post, store and chart. */

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
}

export interface EpochRecord {
  /** From 1. */
  epoch: number;
  train: Score;
  validation: Score;
  /** This epoch's weights are the best so far (strictly more accurate than any before). */
  best: boolean;
  seconds: number;
  imagesPerSecond: number;
}

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
  seconds: number;
}

/** How fast a machine trains the reference network. */
export interface MachineBenchmark {
  /** Training ResNet-50 at 224 px, batch 64. */
  imagesPerSecond: number;
  /** Floating-point operations a second in training steps. */
  flopsPerSecond: number;
  /** The step that was timed: on a slow machine a smaller one, from which the rest is worked out by its operations. */
  measured: { rows: number; size: number };
  /** Of the blog's three steps on its 21,397 photos. */
  blogSeconds: number;
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
  | { kind: 'epoch'; record: EpochRecord }
  /** `reference` marks the baseline's own view, measured beside a sweep. */
  | { kind: 'sweepPoint'; point: SweepPoint; reference: boolean }
  | { kind: 'evaluation'; score: Score; resize: number; crop: number };
