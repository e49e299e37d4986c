/** How far an epoch is: its place in the order of photos, and what its steps have come to. */
import type { RunRecord, Score } from '../base/records';
import type { InputBatch } from './inputs';
import type { SmoothedLoss } from './smoothedLoss';
import type { StepDone } from './step';

/** Plain data. All zero and empty where an epoch begins. */
export interface EpochState {
  /** Optimiser steps taken. */
  steps: number;
  /** Place in the epoch's order of the photo that comes next. */
  place: number;
  /** Sums over the photos of steps that have been told of. */
  loss: number;
  correct: number;
  images: number;
  /** Steps taken but not told of yet: their records come first. */
  untold: readonly StepDone[];
}

export class EpochProgress {
  steps: number;
  place: number;
  private readonly sums: { loss: number; correct: number; images: number };
  private readonly untold: Promise<StepDone>[];

  constructor(saved?: EpochState) {
    const { steps, place, loss, correct, images, untold } = saved ?? START;
    [this.steps, this.place] = [steps, place];
    this.sums = { loss, correct, images };
    this.untold = untold.map((done) => Promise.resolve(done));
  }

  /** Takes note of a step, whose numbers are on their way home. */
  stepped({ end }: Pick<InputBatch, 'end'>, done: Promise<StepDone>): void {
    // A failure is thrown where the step is told of; where an earlier one ends the epoch, it must not count as unhandled.
    done.catch(() => {});
    this.untold.push(done);
    this.steps++;
    this.place = end;
  }

  /** A record a step, in order, until no more than `inFlight` are untold. */
  async *told(inFlight: number, smoothed: SmoothedLoss | undefined): AsyncGenerator<RunRecord, void, undefined> {
    while (this.untold.length > inFlight) {
      const { record, images } = await this.untold[0]!;
      void this.untold.shift();
      smoothed?.add(record.loss);
      this.sums.loss += record.loss * images;
      this.sums.correct += Math.round(record.accuracy * images);
      this.sums.images += images;
      yield { kind: 'step', record, images };
    }
  }

  /** Exact sample means over batches of unequal size. */
  score(): Score {
    const { loss, correct, images } = this.sums;
    return { loss: loss / images, accuracy: correct / images, correct, count: images };
  }

  /** As it is when this is called. Waits for the steps that are not told of yet. @throws what a step threw. */
  async state(): Promise<EpochState> {
    const { steps, place, sums } = this;
    const [now, untold] = [{ steps, place, ...sums }, [...this.untold]];
    return { ...now, untold: await Promise.all(untold) };
  }
}

const START: EpochState = { steps: 0, place: 0, loss: 0, correct: 0, images: 0, untold: [] };
