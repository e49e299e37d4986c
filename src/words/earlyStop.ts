/** Says that a training was over before its epochs were. */
import type { EpochRecord } from '../engine/base/records';

interface Ended {
  /** Those trained; the run has ended by itself. */
  epochs: readonly EpochRecord[];
  planned: number;
  /** Epochs without a better one that it was to end after. */
  patience: number;
}

/** Null where all planned epochs were trained. */
export function earlyStopSentence({ epochs, planned, patience }: Ended): string | null {
  const best = epochs.findLast((record) => record.best);
  if (epochs.length >= planned || !best) return null;
  const waited = patience === 1 ? '1 epoch was' : `${patience} epochs were`;
  return `Stopped early, after epoch ${epochs.length} of ${planned}: ${waited} no better than epoch ${best.epoch}, whose weights are kept.`;
}
