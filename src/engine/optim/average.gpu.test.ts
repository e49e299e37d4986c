import { expect, test } from 'vitest';
import { expectClose } from '../../testing/closeness';
import { values } from '../../testing/golden/values';
import { withoutLeaks } from '../../testing/gpuTensors';
import { nodeBackend } from '../../hosts/node/gpu';
import { emaReference } from '../kernels/ema/ema.reference';
import { allocateState, releaseState, type TensorSpec } from '../nn/state';
import { decayAfter, newAverage } from './average';

const backend = await nodeBackend();

const SPECS: TensorSpec[] = [
  { key: 'conv1.weight', shape: [3, 3, 2, 5], role: 'conv' },
  { key: 'bn1.weight', shape: [5], role: 'gamma' },
  { key: 'bn1.running_mean', shape: [5], role: 'runningMean' },
  { key: 'bn1.num_batches_tracked', shape: [], role: 'batchesTracked' },
];

test('weights and running statistics are averaged from the start on, ever more slowly', async () => {
  expect([1, 2, 100, 1e6].map((steps) => decayAfter(steps, 0.99))).toEqual([2 / 11, 3 / 12, 101 / 110, 0.99]);
  await withoutLeaks(backend, async () => {
    const state = allocateState(backend, SPECS);
    const tensors = [...state.parameters, ...state.buffers];
    const write = (step: number) => {
      for (const [key, tensor] of tensors) {
        backend.writeWords(
          tensor,
          values(
            `${key} ${step}`,
            tensor.shape.reduce((a, b) => a * b, 1),
          ),
        );
      }
    };
    write(0);
    const average = newAverage(backend, state, 0.3);
    for (const step of [1, 2, 3]) {
      write(step);
      state.batchesTracked.set('bn1.num_batches_tracked', step);
      average.update();
    }
    expect(average.state.batchesTracked).toEqual(new Map([['bn1.num_batches_tracked', 3]]));
    for (const [key, tensor] of [...average.state.parameters, ...average.state.buffers]) {
      const [start, ...steps] = [0, 1, 2, 3].map((step) =>
        values(
          `${key} ${step}`,
          tensor.shape.reduce((a, b) => a * b, 1),
        ),
      );
      const expected = emaReference(start!, steps, [2 / 11, 3 / 12, 0.3]).at(-1)!;
      expectClose(await backend.download(tensor), expected, 1e-6);
    }
    average.release();
    releaseState(backend, state);
  });
});
