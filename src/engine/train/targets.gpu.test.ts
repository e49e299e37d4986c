import { expect, test } from 'vitest';
import { expectClose } from '../../testing/closeness';
import golden from '../../testing/golden/crossEntropy.json';
import { drained, releaseAll, uploaded, withoutLeaks } from '../../testing/gpuTensors';
import { nodeBackend } from '../../hosts/node/gpu';
import { crossEntropy } from '../kernels/crossEntropy/crossEntropy';
import { targetsOf } from './targets';

const backend = await nodeBackend();
const [ROWS, CLASSES] = [golden.labels.length, golden.weights.length];

test.each(golden.cases)(
  'PyTorch’s loss and gradient, whole and in parts: share $share, smoothing $smoothing, weights $classWeights',
  async ({ share, smoothing, classWeights, loss, gradient }) => {
    const options = { smoothing, classWeights: classWeights ? golden.weights : null };
    const mixed = share === null ? null : { share };
    const { labels, values, divisor } = targetsOf(Int32Array.from(golden.labels), CLASSES, options, mixed);
    expect(values === null).toBe(share === null && smoothing === 0 && !classWeights);
    for (const part of [ROWS, 2, 1]) {
      await withoutLeaks(backend, async () => {
        const score = uploaded(backend, [0, 0], [2]);
        const gradients: number[] = [];
        for (let start = 0; start < ROWS; start += part) {
          const rows = labels.slice(start, start + part);
          const [from, to] = [start * CLASSES, (start + rows.length) * CLASSES];
          const shape = [rows.length, CLASSES];
          const z = uploaded(backend, golden.logits.flat().slice(from, to), shape);
          const y = backend.upload(rows);
          const targets = values && uploaded(backend, values.slice(from, to), shape);
          const one = crossEntropy(backend, z, y, { score, weight: 1 / divisor, targets });
          gradients.push(...(await drained(backend, one)));
          releaseAll(backend, [z, y, ...(targets ? [targets] : [])]);
        }
        const [total, correct] = await drained(backend, score);
        expectClose([total!], [loss], 1e-6);
        expect(correct).toBe(2);
        expectClose(gradients, gradient, 1e-6);
      });
    }
  },
);

test('a photo counts as the class that holds most of it', () => {
  const plain = { smoothing: 0, classWeights: null };
  const labelsAt = (share: number) => [...targetsOf(Int32Array.of(0, 1, 2), 3, plain, { share }).labels];
  expect(labelsAt(0.7)).toEqual([0, 1, 2]);
  expect(labelsAt(0.3)).toEqual([2, 0, 1]);
});
