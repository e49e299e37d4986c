/** The training loss that fastai shows: a moving average of the batches' losses, corrected for its beginning at zero. */
const KEPT = 0.98;

export class SmoothedLoss {
  private sum = 0;
  private batches = 0;

  add(loss: number): void {
    this.sum = KEPT * this.sum + (1 - KEPT) * loss;
    this.batches++;
  }

  /** NaN before the first batch. */
  get value(): number {
    return this.sum / (1 - KEPT ** this.batches);
  }
}
