/** What a training step must not depend on: how much of the forward pass is kept, and, but for rounding, the precision. */
import { expect, test } from 'vitest';
import { relativeErrorOfAll } from '../../testing/closeness';
import { goldenNetwork, takeStep } from '../../testing/golden/step';
import { nodeBackend } from '../../hosts/node/gpu';
import type { Precision } from '../kernels/storage';
import { MEMORY_LEVELS, type MemoryLevel, memoryPolicy } from '../memory/policy';
import { TRAIN } from '../nn/layers';
import { releaseState } from '../nn/state';
import { adamWOptimiser } from '../optim/optimiser';
import type { Architecture } from './meta';

const backend = await nodeBackend();

const INPUT = { name: 'steps', batch: 4, size: 64 };

interface Way {
  level?: MemoryLevel;
  precision?: Precision;
  /** Added to the biases of norms. */
  lift?: number;
}

/** The loss of a step and all gradients. */
async function stepOf(arch: Architecture, { level = 'lean', precision = 'float32', lift = 0 }: Way) {
  const before = backend.usedBytes();
  const net = goldenNetwork(backend, arch);
  for (const [key, tensor] of net.state.parameters) {
    if (lift === 0 || key === 'fc.bias' || !key.endsWith('.bias')) continue;
    const values = await backend.download(tensor);
    backend.writeWords(
      tensor,
      values.map((value) => value + lift),
    );
  }
  const optimiser = adamWOptimiser(backend, net.state.parameters, { lr: 1e-3, weightDecay: 0.1, precision });
  const training = { mode: TRAIN, keeps: memoryPolicy(arch, level), precision, dropout: { seed: 7, firstRow: 0 } };
  const loss = await takeStep(backend, net, training, optimiser, INPUT);
  const of = (tensors: typeof optimiser.gradients) =>
    Promise.all([...tensors.values()].map((tensor) => backend.download(tensor)));
  const [gradients, statistics] = await Promise.all([of(optimiser.gradients), of(net.state.buffers)]);
  optimiser.release();
  releaseState(backend, net.state);
  backend.gpu.throwIfFailed();
  expect(backend.usedBytes()).toBe(before);
  return { loss, gradients, statistics };
}

test.each(['tiny18', 'tiny26', 'tinynext26', 'tiny18-fastai'] as const)(
  '%s takes the same step, to the bit, whatever memory is kept',
  async (arch) => {
    const lean = await stepOf(arch, {});
    expect(lean.gradients.every((gradient) => gradient.some((value) => value !== 0))).toBe(true);
    for (const level of MEMORY_LEVELS) {
      if (level !== 'lean') expect(await stepOf(arch, { level }), level).toEqual(lean);
    }
  },
);

test.each(['tiny18', 'tiny26', 'tinynext26'] as const)(
  'in half precision %s keeps its gradients, where no ReLU turns',
  async (arch) => {
    const single = await stepOf(arch, { lift: 4 });
    const half = await stepOf(arch, { lift: 4, precision: 'float16' });
    expect(Math.abs(half.loss - single.loss) / single.loss).toBeLessThan(1e-3);
    // Scaled exactly, by a power of two.
    expect(relativeErrorOfAll(half.gradients, single.gradients, 2 ** 16)).toBeLessThan(0.02);
  },
);
