/** Our numbers beside scikit-learn's. Skipped by name without Debian's python3-sklearn. */
import { expect, test } from 'vitest';
import { python, pythonHas } from '../../testing/python';
import { fork } from '../base/rng';
import { principalComponents, type Rows } from './principalComponents';
import { topK } from './score';

test.skipIf(!pythonHas('sklearn'))('top-k accuracy is scikit-learn’s', { timeout: 60_000 }, () => {
  const rng = fork(11);
  const logits = Float32Array.from({ length: 60 * 23 }, () => rng.normal());
  const labels = Array.from({ length: 60 }, () => rng.integer(0, 22));
  const theirs = python(`
import numpy as np
from sklearn.metrics import top_k_accuracy_score
logits = np.array(${JSON.stringify([...logits])}).reshape(60, 23)
print(top_k_accuracy_score(${JSON.stringify(labels)}, logits, k=5, labels=np.arange(23)))`);
  expect(topK(logits, labels, 23)).toEqual({ k: 5, accuracy: theirs });
});

function pulled<T>(work: Generator<unknown, T, undefined>): T {
  for (;;) {
    const step = work.next();
    if (step.done) return step.value;
  }
}

/** Of some directions much, of others little. */
function drawn(count: number, width: number): Rows {
  const rng = fork(3);
  const values = Float32Array.from(
    { length: count * width },
    (_, i) => rng.normal() * 0.7 ** (i % width) + (i % width),
  );
  return { values, width };
}

test.skipIf(!pythonHas('sklearn'))('components are scikit-learn’s', { timeout: 60_000 }, () => {
  const rows = drawn(300, 80);
  const script = `
import json, numpy as np
from sklearn.decomposition import PCA
x = np.array(${JSON.stringify([...rows.values])}, dtype=np.float64).reshape(300, 80)
print(json.dumps(PCA(8, svd_solver="full").fit_transform(x).tolist()))`;
  const theirs = python(script) as number[][];
  const ours = pulled(principalComponents(rows, 8, fork(1)));
  for (let k = 0; k < 8; k++) {
    const sign = Math.sign(ours[0]![k]! * theirs[0]![k]!);
    const apart = ours.map((row, i) => Math.abs(row[k]! - sign * theirs[i]![k]!));
    expect(Math.max(...apart), `component ${k}`).toBeLessThan(1e-4);
  }
});
