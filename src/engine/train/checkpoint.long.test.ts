/** The largest networks' weights as files, and back. */
import { expect, test } from 'vitest';
import { changedKeys, noiseState } from '../../testing/hostStates';
import { readSafetensors } from '../io/safetensors';
import { stateSpecs } from '../models/registry';
import { readWeights, weightsToSafetensors } from './checkpoint';

test.each(['resnet152', 'wide_resnet50_2', 'resnext50_32x4d'] as const)(
  '%s comes back bit for bit, in torch’s layout in between',
  async (arch) => {
    const own = noiseState(stateSpecs(arch, 3));
    const classes = ['a', 'b', 'c'];
    const saved = weightsToSafetensors({ arch, classes, state: own }, {});
    const back = await readWeights(saved);
    expect([back.arch, back.classes]).toEqual([arch, classes]);
    expect(changedKeys(own, back.state)).toEqual([]);
    const { tensors } = await readSafetensors(saved);
    const first = tensors.get('layer1.0.conv2.weight')!.shape;
    expect(first).toEqual(
      { resnet152: [64, 64, 3, 3], wide_resnet50_2: [128, 128, 3, 3], resnext50_32x4d: [128, 4, 3, 3] }[arch],
    );
  },
);
