/** The training loss that fastai shows: a moving average of the batches' losses, corrected for its beginning at zero. */
import { notFinite } from './notFinite';

const KEPT = 0.98;
/** Batches before which a high loss may be the first steps' alone. */
const ENOUGH = 10;

export interface SmoothedLossState {
  sum: number;
  batches: number;
}

export class SmoothedLoss {
  private sum: number;
  private batches: number;

  /** `most`: above it the loss has exploded, once there is an average to speak of. */
  constructor(
    { sum, batches }: SmoothedLossState = { sum: 0, batches: 0 },
    private readonly most = Infinity,
  ) {
    this.sum = sum;
    this.batches = batches;
  }

  /** @throws StudioError `not-finite` once it has exploded. */
  add(loss: number): void {
    this.sum = KEPT * this.sum + (1 - KEPT) * loss;
    this.batches++;
    const { value, batches, most } = this;
    if (batches >= ENOUGH && value > most)
      throw notFinite(`The loss exploded: it has come to ${value.toPrecision(3)} on average`);
  }

  state(): SmoothedLossState {
    return { sum: this.sum, batches: this.batches };
  }

  /** NaN before the first batch. */
  get value(): number {
    return this.sum / (1 - KEPT ** this.batches);
  }
}
