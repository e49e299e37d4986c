/** What a batch's loss is measured against: torch.nn.functional.cross_entropy's targets, smoothing and class weights. */

/** A batch whose photos were mixed with the photo before each; the first with the last. */
export interface Mixed {
  /** Of the photo itself, 0 to 1; the rest is its partner's. */
  share: number;
}

export interface LossOptions {
  /** Share of every target that is spread evenly over all classes, 0 to 1. */
  smoothing: number;
  /** What a class counts for [K]; all the same if null. */
  classWeights: readonly number[] | null;
}

export interface Targets {
  /** [N]: the class that holds most of a photo. */
  labels: Int32Array<ArrayBuffer>;
  /** [N, K], what `crossEntropy` takes; null where a photo is its label's alone and all count the same. */
  values: Float32Array<ArrayBuffer> | null;
  /** What the sum over the whole batch is divided by: its rows, or its labels' weights where photos are not mixed. */
  divisor: number;
}

/** `labels` [N] of a whole batch, in 0 … `classes` - 1. */
export function targetsOf(
  labels: Int32Array<ArrayBuffer>,
  classes: number,
  { smoothing, classWeights }: LossOptions,
  mixed: Mixed | null,
): Targets {
  const rows = labels.length;
  const weightOf = (label: number) => classWeights?.[label] ?? 1;
  // PyTorch divides targets that are probabilities by the rows, whatever their classes weigh.
  const divisor = mixed ? rows : labels.reduce((sum, label) => sum + weightOf(label), 0);
  if (!mixed && !classWeights && smoothing === 0) return { labels, values: null, divisor };
  const share = mixed?.share ?? 1;
  const partners = labels.map((_, row) => labels.at(row - 1)!);
  const values = new Float32Array(rows * classes);
  for (let row = 0; row < rows; row++) {
    for (let k = 0; k < classes; k++) {
      const hard = share * Number(labels[row] === k) + (1 - share) * Number(partners[row] === k);
      values[row * classes + k] = weightOf(k) * ((1 - smoothing) * hard + smoothing / classes);
    }
  }
  return { labels: share < 0.5 ? partners : labels, values, divisor };
}
