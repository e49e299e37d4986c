/** Softmax cross entropy in f64, by its definition. */

export function crossEntropyReference(logits: ArrayLike<number>, labels: ArrayLike<number>, classes: number) {
  const rows = labels.length;
  const gradient = new Float64Array(rows * classes);
  let loss = 0;
  let correct = 0;
  for (let row = 0; row < rows; row++) {
    const z = Array.from({ length: classes }, (_, k) => logits[row * classes + k]!);
    const top = Math.max(...z);
    const exponentials = z.map((value) => Math.exp(value - top));
    const sum = exponentials.reduce((a, b) => a + b, 0);
    const label = labels[row]!;
    loss += (Math.log(sum) + top - z[label]!) / rows;
    if (z.indexOf(top) === label) correct++;
    exponentials.forEach((value, k) => {
      gradient[row * classes + k] = (value / sum - Number(k === label)) / rows;
    });
  }
  return { loss, correct, gradient };
}
