/** What the step benches time, whoever wrote the step. */

export interface Trainer {
  /** One optimiser step on the batch. Resolves with the loss before it, when the GPU has done all of the step. */
  step(): Promise<number>;
  dispose(): void;
}
