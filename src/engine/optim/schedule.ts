/** Learning rate and momentum over a run, as pure functions of progress. */
import type { Rates } from './optimiser';

/** `progress`: optimiser steps done, as a share of all of the run's; from 0 to below 1. */
export type Schedule = (progress: number) => Rates;

/** A schedule as plain data, for whoever trains elsewhere. */
export type ScheduleSpec =
  | { kind: 'constant'; momentum?: number }
  | { kind: 'step'; epochs: number; parts: number }
  | { kind: 'cosine'; warmUp: number }
  | ({ kind: 'oneCycle' } & OneCycle);

export function scheduleOf(spec: ScheduleSpec): Schedule {
  switch (spec.kind) {
    case 'constant': {
      const { kind: _, ...own } = spec;
      return () => ({ lr: 1, ...own });
    }
    case 'step':
      return stepDecay(spec.epochs, spec.parts);
    case 'cosine':
      return cosineDecay(spec.warmUp);
    case 'oneCycle':
      return oneCycle(spec);
    default:
      return spec satisfies never;
  }
}

export const constant: Schedule = () => ({ lr: 1 });

const GAMMA = 0.1;
/** Keeps a whole number of epochs whole in binary. */
const ROUNDING = 1e-9;

/** Divides by ten after each of `parts` equal parts of `epochs`, between two of them, as torch's StepLR. */
export function stepDecay(epochs: number, parts: number): Schedule {
  return (progress) => {
    const epochsDone = Math.floor(progress * epochs + ROUNDING);
    return { lr: GAMMA ** Math.floor((parts * epochsDone) / epochs) };
  };
}

/** What a warm-up starts at, as in torchvision's recipes. */
const WARM_UP_FROM = 0.01;

/** Up in a straight line over a share `warmUp` of the run, then down to nothing along half a cosine. */
export function cosineDecay(warmUp: number): Schedule {
  return (progress) => {
    if (progress < warmUp) return { lr: WARM_UP_FROM + ((1 - WARM_UP_FROM) * progress) / warmUp };
    return { lr: cosine(1, 0, (progress - warmUp) / (1 - warmUp)) };
  };
}

export interface OneCycle {
  /** Share of the run in which the learning rate rises. */
  rising: number;
  /** What the highest learning rate is divided by at the start. */
  div: number;
}

/** At the end of a cycle. */
const FINAL_DIV = 1e5;
const MOMENTUM = { outside: 0.95, inside: 0.85 };

/** fastai's `fit_one_cycle`: the optimiser's learning rate is the highest. Source: fastai/callback/schedule.py. */
export function oneCycle({ rising, div }: OneCycle): Schedule {
  const between = (start: number, middle: number, end: number, progress: number) =>
    progress < rising
      ? cosine(start, middle, progress / rising)
      : cosine(middle, end, (progress - rising) / (1 - rising));
  return (progress) => ({
    lr: between(1 / div, 1, 1 / FINAL_DIV, progress),
    momentum: between(MOMENTUM.outside, MOMENTUM.inside, MOMENTUM.outside, progress),
  });
}

/** By equal factors from one multiple to another: fastai's `SchedExp`, for Smith's range test (2017, section 3.3). */
export function exponential(from: number, to: number): Schedule {
  return (progress) => ({ lr: from * (to / from) ** progress });
}

/** From `start` to `end` along half a wave. */
function cosine(start: number, end: number, share: number): number {
  return start + ((1 + Math.cos(Math.PI * (1 - share))) * (end - start)) / 2;
}
