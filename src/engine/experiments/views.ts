/** The test views of the method. */
import type { EvalView } from '../train/evaluate';

/** Resize(int(ratio · size)), then CenterCrop(size); the epsilon keeps 1.25 · 64 = 80 whole in binary. */
export function testView(size: number, ratio: number): EvalView {
  return { kind: 'eval', resize: Math.floor(ratio * size + 1e-9), crop: size };
}
