/** Softmax cross entropy in f64, by its definition. */

/** `targets` [N, K] are the labels' alone, and `divisor` the rows, if not given. */
export function crossEntropyReference(
  logits: ArrayLike<number>,
  labels: ArrayLike<number>,
  classes: number,
  { targets, divisor = labels.length }: { targets?: ArrayLike<number>; divisor?: number } = {},
) {
  const rows = labels.length;
  const gradient = new Float64Array(rows * classes);
  let loss = 0;
  let correct = 0;
  for (let row = 0; row < rows; row++) {
    const z = Array.from({ length: classes }, (_, k) => logits[row * classes + k]!);
    const shares = z.map((_, k) => (targets ? targets[row * classes + k]! : Number(k === labels[row])));
    const mass = shares.reduce((a, b) => a + b, 0);
    const top = Math.max(...z);
    const exponentials = z.map((value) => Math.exp(value - top));
    const sum = exponentials.reduce((a, b) => a + b, 0);
    if (z.indexOf(top) === labels[row]) correct++;
    shares.forEach((share, k) => {
      loss += (share * (Math.log(sum) + top - z[k]!)) / divisor;
      gradient[row * classes + k] = ((exponentials[k]! / sum) * mass - share) / divisor;
    });
  }
  return { loss, correct, gradient };
}
