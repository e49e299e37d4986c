/** fastai's head: its shapes and beginnings, and training steps beside the same network and optimiser in PyTorch. */
import { beforeAll, expect, test } from 'vitest';
import golden from '../../testing/golden/fastai.json';
import { excess, type Fingerprint, goldenState } from '../../testing/golden/network';
import { CLASSES, goldenNetwork, takeStep } from '../../testing/golden/step';
import { nodeBackend } from '../../hosts/node/gpu';
import type { StudioBackend } from '../gpu/backend';
import type { GpuTensor } from '../gpu/recorder';
import { initialHostState, releaseState } from '../nn/state';
import { BY_FACTORS, fastaiGroups, fastaiTrainable, TENTH_BELOW } from '../train/fastai';
import { memoryPolicy } from '../memory/policy';
import { newOptimiser } from '../optim/optimiser';
import { trainedTensors } from './parts';
import { oneCycle } from '../optim/schedule';
import { type Architecture, TRUNKS } from './meta';
import { stateSpecs } from './registry';

let backend: StudioBackend;
beforeAll(async () => {
  backend = await nodeBackend();
});

const ARCH = 'resnet18-fastai';

/** Of what is trained. */
function parameterCount(arch: Architecture): number {
  const roles = ['conv', 'linear', 'linearBias', 'gamma', 'beta'];
  const counts = stateSpecs(arch, 5).map(({ role, shape }) =>
    roles.includes(role) ? shape.reduce((a, b) => a * b, 1) : 0,
  );
  return counts.reduce((a, b) => a + b, 0);
}

test('the head has fastai’s shapes, and the networks its numbers of parameters', () => {
  const head = stateSpecs('resnet50-fastai', 5).filter(({ key }) => key.startsWith('head.'));
  expect(head.map(({ key, shape }) => `${key} ${shape.join('x')}`)).toEqual([
    'head.2.weight 4096',
    'head.2.bias 4096',
    'head.2.running_mean 4096',
    'head.2.running_var 4096',
    'head.2.num_batches_tracked ',
    'head.4.weight 512x4096',
    'head.6.weight 512',
    'head.6.bias 512',
    'head.6.running_mean 512',
    'head.6.running_var 512',
    'head.6.num_batches_tracked ',
    'head.8.weight 5x512',
  ]);
  // Bodies 11,176,512, 21,284,672, 23,508,032, 42,500,160, 58,143,808, 66,834,240 and 22,979,904; heads of 512 and of 2,048
  // channels 529,920 and 2,108,928.
  expect(TRUNKS.map((trunk) => parameterCount(`${trunk}-fastai`))).toEqual([
    11706432, 21814592, 25616960, 44609088, 60252736, 68943168, 25088832,
  ]);
});

test('the head begins as fastai’s does, and the body as torchvision’s', () => {
  const { tensors } = initialHostState(stateSpecs('resnet50-fastai', 5), 3);
  const plain = initialHostState(stateSpecs('resnet50', 5), 3);
  const deviation = (key: string) => {
    const { values } = tensors.get(key)!;
    return Math.sqrt(values.reduce((sum, value) => sum + value ** 2, 0) / values.length);
  };
  expect(deviation('head.4.weight')).toBeCloseTo(0.0221, 4);
  expect(Math.abs(deviation('head.8.weight') - 0.0625)).toBeLessThan((4 * 0.0625) / Math.sqrt(2 * 2560));
  for (const name of ['head.2', 'head.6']) {
    expect(new Set(tensors.get(`${name}.weight`)!.values)).toEqual(new Set([1]));
    expect(new Set(tensors.get(`${name}.bias`)!.values)).toEqual(new Set([Math.fround(1e-3)]));
  }
  expect(tensors.get('layer4.2.conv3.weight')!.values).toEqual(plain.tensors.get('layer4.2.conv3.weight')!.values);
});

async function expectFingerprints(actual: ReadonlyMap<string, GpuTensor>, expected: Record<string, Fingerprint>) {
  const worst: [string, number][] = [];
  for (const [key, print] of Object.entries(expected)) {
    const tensor = actual.get(key);
    const distance = tensor ? excess(key, await backend.download(tensor), tensor.shape, print) : Infinity;
    if (!(distance < 1)) worst.push([key, distance]);
  }
  expect(worst).toEqual([]);
}

test.each(golden.steps)('a step with the body frozen: $frozen', async ({ frozen, ...g }) => {
  const host = goldenState(stateSpecs(ARCH, CLASSES.length));
  const network = goldenNetwork(backend, ARCH);
  const { trained, mode } = trainedTensors(network, fastaiTrainable(network.arch, { frozen }));
  const optimiser = newOptimiser(
    backend,
    trained,
    { kind: 'fastai' },
    {
      lr: frozen ? 2e-3 : 1e-3,
      weightDecay: 0.01,
      grouping: fastaiGroups(ARCH, frozen ? TENTH_BELOW : BY_FACTORS),
    },
  );
  expect([...optimiser.gradients.keys()].sort()).toEqual(Object.keys(g.gradients).sort());
  const before = backend.usedBytes();
  const training = {
    mode,
    keeps: memoryPolicy(ARCH, 'lean'),
    dropout: { seed: golden.dropoutSeed, firstRow: 0 },
  };
  const loss = await takeStep(backend, network, training, optimiser, { name: g.input, batch: g.batch, size: g.size });
  expect(backend.usedBytes()).toBe(before);
  expect(Math.abs(loss - g.loss)).toBeLessThan(Math.max(10 * g.lossNoise, 1e-4 * g.loss));
  await expectFingerprints(optimiser.gradients, g.gradients as unknown as Record<string, Fingerprint>);

  optimiser.step(oneCycle(frozen ? { rising: 0.99, div: 25 } : { rising: 0.3, div: 5 })(0));
  const after = new Map([...network.state.parameters, ...network.state.buffers]);
  await expectFingerprints(after, g.changed as unknown as Record<string, Fingerprint>);
  const moved: string[] = [];
  for (const [key, tensor] of after) {
    const bytes = Buffer.from((await backend.download(tensor)).buffer);
    if (!bytes.equals(Buffer.from(host.tensors.get(key)!.values.buffer))) moved.push(key);
  }
  expect(moved.sort()).toEqual(Object.keys(g.changed).sort());
  expect(new Set(network.state.batchesTracked.values())).toEqual(new Set([1]));
  optimiser.release();
  releaseState(backend, network.state);
  backend.gpu.throwIfFailed();
});
