/** The training loss that fastai shows: a moving average of the batches' losses, corrected for its beginning at zero. */
const KEPT = 0.98;

export interface SmoothedLossState {
  sum: number;
  batches: number;
}

export class SmoothedLoss {
  private sum: number;
  private batches: number;

  constructor({ sum, batches }: SmoothedLossState = { sum: 0, batches: 0 }) {
    this.sum = sum;
    this.batches = batches;
  }

  add(loss: number): void {
    this.sum = KEPT * this.sum + (1 - KEPT) * loss;
    this.batches++;
  }

  state(): SmoothedLossState {
    return { sum: this.sum, batches: this.batches };
  }

  /** NaN before the first batch. */
  get value(): number {
    return this.sum / (1 - KEPT ** this.batches);
  }
}
