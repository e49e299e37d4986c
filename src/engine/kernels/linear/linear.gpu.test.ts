import { beforeAll, expect, test } from 'vitest';
import { expectClose } from '../../../testing/closeness';
import { values } from '../../../testing/golden/values';
import { drained, releaseAll, uploaded, withoutLeaks } from '../../../testing/gpuTensors';
import { nodeBackend } from '../../../hosts/node/gpu';
import type { StudioBackend } from '../../gpu/backend';
import { linear, linearInputGradient, linearWeightGradient } from './linear';

let backend: StudioBackend;
beforeAll(async () => {
  backend = await nodeBackend();
});

/** Sum over `inner` of a(row, i) * b(i, column), for every row and column, in f64. */
function product(
  rows: number,
  columns: number,
  inner: number,
  term: (row: number, column: number, i: number) => number,
): Float64Array {
  return Float64Array.from({ length: rows * columns }, (_, at) => {
    let sum = 0;
    for (let i = 0; i < inner; i++) sum += term(Math.floor(at / columns), at % columns, i);
    return sum;
  });
}

test.each([
  [1, 4, 1],
  [3, 512, 5],
  [64, 2048, 7],
  [2, 68, 130],
])('%i rows, %i → %i: forward and gradients', async (rows, inner, outputs) => {
  const [xs, ws] = [values('x', rows * inner), values('w', outputs * inner)];
  const [bs, dys] = [values('b', outputs), values('dy', rows * outputs)];
  await withoutLeaks(backend, async () => {
    const x = uploaded(backend, xs, [rows, inner]);
    const parameters = { weight: uploaded(backend, ws, [outputs, inner]), bias: uploaded(backend, bs, [outputs]) };
    const dy = uploaded(backend, dys, [rows, outputs]);
    const y = linear(backend, x, parameters);
    expect(y.shape).toEqual([rows, outputs]);
    const expected = product(rows, outputs, inner, (n, k, c) => xs[n * inner + c]! * ws[k * inner + c]!);
    expectClose(
      await drained(backend, y),
      expected.map((value, at) => value + bs[at % outputs]!),
      1e-6,
    );
    expectClose(
      await drained(backend, linearInputGradient(backend, dy, parameters.weight)),
      product(rows, inner, outputs, (n, c, k) => dys[n * outputs + k]! * ws[k * inner + c]!),
      1e-6,
    );
    // The gradients are added to what is there: the weights and biases themselves, here.
    linearWeightGradient(backend, x, dy, parameters);
    const dw = product(outputs, inner, rows, (k, c, n) => dys[n * outputs + k]! * xs[n * inner + c]!);
    expectClose(
      await backend.download(parameters.weight),
      dw.map((value, i) => value + ws[i]!),
      1e-6,
    );
    const db = product(outputs, 1, rows, (k, _, n) => dys[n * outputs + k]!);
    expectClose(
      await backend.download(parameters.bias),
      db.map((value, i) => value + bs[i]!),
      1e-6,
    );
    releaseAll(backend, [x, dy, ...Object.values(parameters)]);
  });
});

test.each([
  [3, 512, 5],
  [8, 4096, 512],
])('%i rows, %i → %i without bias: forward and gradient', async (rows, inner, outputs) => {
  const [xs, ws, dys] = [values('x', rows * inner), values('w', outputs * inner), values('dy', rows * outputs)];
  await withoutLeaks(backend, async () => {
    const x = uploaded(backend, xs, [rows, inner]);
    const parameters = { weight: uploaded(backend, ws, [outputs, inner]), bias: null };
    const dy = uploaded(backend, dys, [rows, outputs]);
    expectClose(
      await drained(backend, linear(backend, x, parameters)),
      product(rows, outputs, inner, (n, k, c) => xs[n * inner + c]! * ws[k * inner + c]!),
      1e-6,
    );
    linearWeightGradient(backend, x, dy, parameters);
    const dw = product(outputs, inner, rows, (k, c, n) => dys[n * outputs + k]! * xs[n * inner + c]!);
    expectClose(
      await backend.download(parameters.weight),
      dw.map((value, i) => value + ws[i]!),
      1e-6,
    );
    releaseAll(backend, [x, dy, parameters.weight]);
  });
});
