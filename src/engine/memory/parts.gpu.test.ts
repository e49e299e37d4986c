/** A batch that goes in parts, on a GPU. */
import { tensor1d, tensor4d } from '@tensorflow/tfjs-core';
import { beforeAll, expect, test } from 'vitest';
import { relativeError } from '../../testing/closeness';
import { values } from '../../testing/golden/values';
import { nodeBackend } from '../../hosts/node/gpu';
import type { StudioBackend } from '../gpu/backend';

let backend: StudioBackend;
beforeAll(async () => {
  backend = await nodeBackend();
});

test('parts of a batch add up to the whole but for the batch statistics', async () => {
  const { accumulateGradients } = await import('../models/passes');
  const { memoryPolicy } = await import('./policy');
  const { trainableOf } = await import('../models/parts');
  const { adamWOptimiser } = await import('../optim/optimiser');
  const { stateSpecs } = await import('../models/registry');
  const { initialHostState, releaseState, uploadState } = await import('../nn/state');
  const { EVAL } = await import('../nn/layers');
  const specs = stateSpecs('tiny18', 5);
  const state = uploadState(backend, specs, initialHostState(specs, 1));
  const { isTrainable } = trainableOf('tiny18', 'affine');
  // With running statistics throughout, photos do not touch one another.
  const trained = new Map([...state.parameters].filter(([key]) => isTrainable(key) || key.startsWith('layer4')));
  const optimiser = adamWOptimiser(backend, trained, { lr: 0, weightDecay: 0 });
  const network = { arch: 'tiny18', classes: ['a', 'b', 'c', 'd', 'e'], state } as const;
  const [rows, size] = [6, 40];
  const pixels = values('x', rows * size * size * 3);
  const gradientsInParts = async (part: number) => {
    const score = backend.allocate([2]);
    backend.clear(score);
    optimiser.clearGradients();
    for (let start = 0; start < rows; start += part) {
      const each = size * size * 3;
      const images = tensor4d(pixels.slice(start * each, (start + part) * each), [part, size, size, 3]);
      const labels = tensor1d(
        Array.from({ length: part }, (_, i) => (start + i) % 5),
        'int32',
      );
      const options = { mode: EVAL, keeps: memoryPolicy('tiny18', 'lean'), score, rows };
      accumulateGradients(backend, network, { images, labels }, { ...options, gradients: optimiser.gradients });
      images.dispose();
      labels.dispose();
    }
    const downloads = [...optimiser.gradients.values(), score].map((tensor) => backend.download(tensor));
    backend.release(score);
    return Promise.all(downloads);
  };
  const whole = await gradientsInParts(6);
  const parts = await gradientsInParts(2);
  expect(whole.length).toBeGreaterThan(15);
  for (const [i, gradient] of whole.entries()) expect(relativeError(parts[i]!, gradient)).toBeLessThan(1e-5);
  optimiser.release();
  releaseState(backend, state);
});
