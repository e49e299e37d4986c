import { describe, expect, test } from 'vitest';
import { stateSpecs } from '../models/registry';
import { initialHostState } from '../nn/state';
import type { StoredTensor } from '../io/elements';
import { readSafetensors, writeSafetensors } from '../io/safetensors';
import { changedKeys } from '../../testing/hostStates';
import { storedTensors } from '../../testing/storedTensors';
import { writeTorchFile } from '../io/torchSave';
import { readWeights, torchTensors, weightsToSafetensors } from './checkpoint';

const CLASSES = ['a', 'b', 'c'];
const state = initialHostState(stateSpecs('resnet18', 3), 1);
state.batchesTracked.set('bn1.num_batches_tracked', 268);
const file = weightsToSafetensors({ arch: 'resnet18', classes: CLASSES, state }, { config: '{}' });

test('so do those under fastai’s head, behind torchvision’s keys', async () => {
  const own = initialHostState(stateSpecs('resnet18-fastai', 3), 1);
  const back = await readWeights(weightsToSafetensors({ arch: 'resnet18-fastai', classes: CLASSES, state: own }, {}));
  expect(back.arch).toBe('resnet18-fastai');
  expect(back.classes).toEqual(CLASSES);
  expect([...back.state.tensors.keys()].slice(-6)).toEqual([
    'head.4.weight',
    'head.6.weight',
    'head.6.bias',
    'head.6.running_mean',
    'head.6.running_var',
    'head.8.weight',
  ]);
  for (const [key, { values }] of own.tensors) {
    expect(Buffer.from(back.state.tensors.get(key)!.values.buffer).equals(Buffer.from(values.buffer)), key).toBe(true);
  }
});

test('weights come back bit for bit, in torchvision’s order and shapes', async () => {
  const back = await readWeights(file);
  expect(back.arch).toBe('resnet18');
  expect(back.classes).toEqual(CLASSES);
  expect(back.state.batchesTracked.get('bn1.num_batches_tracked')).toBe(268);
  for (const [key, { values }] of state.tensors) {
    expect(Buffer.from(back.state.tensors.get(key)!.values.buffer).equals(Buffer.from(values.buffer)), key).toBe(true);
  }
  const { tensors, metadata } = await readSafetensors(file);
  expect([...tensors.keys()].slice(0, 7)).toEqual([
    'conv1.weight',
    'bn1.weight',
    'bn1.bias',
    'bn1.running_mean',
    'bn1.running_var',
    'bn1.num_batches_tracked',
    'layer1.0.conv1.weight',
  ]);
  expect(tensors.get('conv1.weight')!.shape).toEqual([64, 3, 7, 7]);
  expect(tensors.get('fc.weight')!.shape).toEqual([3, 512]);
  expect(metadata).toMatchObject({ format: 'pt', arch: 'resnet18', config: '{}' });
});

test('a .pth of ours tells its classes, too', async () => {
  const blob = writeTorchFile(torchTensors({ arch: 'resnet18', classes: CLASSES, state }), {
    classes: JSON.stringify(CLASSES),
  });
  const back = await readWeights(blob);
  expect([back.arch, back.classes]).toEqual(['resnet18', CLASSES]);
  expect(changedKeys(state, back.state)).toEqual([]);
});

test('filters are transposed, not reinterpreted', async () => {
  const { tensors } = await readSafetensors(file);
  const torch = new Float32Array((await tensors.get('conv1.weight')!.read()).buffer);
  const ours = state.tensors.get('conv1.weight')!.values;
  // Element (o, i, h, w) = (5, 2, 3, 6).
  expect(torch[((5 * 3 + 2) * 7 + 3) * 7 + 6]).toBe(ours[((3 * 7 + 6) * 3 + 2) * 64 + 5]);
});

test('what stands before every key is left away', async () => {
  const { tensors, metadata } = await readSafetensors(file);
  const nested = [...(await storedTensors(tensors))].map(([key, tensor]) => [`model.module.${key}`, tensor] as const);
  const back = await readWeights(writeSafetensors({ tensors: new Map(nested), metadata }));
  expect(changedKeys(state, back.state)).toEqual([]);
});

describe('broken files are refused with the reason', () => {
  const refusal = async (blob: Blob) => {
    const error: unknown = await readWeights(blob).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ code: 'bad-weights' });
    return (error as Error).message;
  };
  const changed = async (change: (tensors: Map<string, StoredTensor>) => void) => {
    const { tensors, metadata } = await readSafetensors(file);
    const stored = await storedTensors(tensors);
    change(stored);
    return writeSafetensors({ tensors: stored, metadata });
  };

  test.each(Array.from({ length: 16 }, (_, i) => i))('cut off at %i sixteenths', async (sixteenths) => {
    await refusal(file.slice(0, Math.floor((file.size * sixteenths) / 16)));
  });

  test('too long', async () => expect(await refusal(new Blob([file, 'x']))).toContain('the tensors take'));

  test('an absurd header length', async () => {
    const bytes = new Uint8Array(16);
    bytes.set([0, 0, 0, 0, 0, 0, 0, 16]);
    expect(await refusal(new Blob([bytes]))).toContain('no safetensors file');
  });

  test('a header that is no JSON', async () => {
    const bytes = new Uint8Array(await file.arrayBuffer());
    bytes[8] = 0x78;
    expect(await refusal(new Blob([bytes]))).toContain('no JSON');
  });

  test('a missing key', async () => {
    expect(await refusal(await changed((tensors) => tensors.delete('layer2.0.bn1.bias')))).toContain(
      'layer2.0.bn1.bias',
    );
  });

  test('a key too many', async () => {
    const blob = await changed((tensors) =>
      tensors.set('head.weight', { dtype: 'F32', shape: [1], bytes: new Uint8Array(4) }),
    );
    expect(await refusal(blob)).toContain('head.weight');
  });

  test('all that is wrong is said at once', async () => {
    const blob = await changed((tensors) => {
      tensors.delete('bn1.weight');
      tensors.set('head.weight', { dtype: 'F32', shape: [1], bytes: new Uint8Array(4) });
      tensors.set('fc.weight', { dtype: 'F32', shape: [3, 2], bytes: new Uint8Array(24) });
    });
    expect(await refusal(blob)).toBe(
      'The file comes closest to a resnet18, but it lacks bn1.weight; a resnet18 has no head.weight; of another shape are fc.weight ([3, 2], not [3, 512])',
    );
  });

  test.each([
    ['conv1.0.weight', [32, 3, 3, 3], 'a stem of three convolutions'],
    ['layer1.0.se.fc1.weight', [16, 256, 1, 1], 'squeeze and excitation'],
    ['layer1.0.convs.0.weight', [26, 26, 3, 3], 'Res2Net'],
    ['stem.conv.weight', [64, 3, 7, 7], 'ResNetV2'],
    ['layer1.0.conv2.weight', [256, 8, 3, 3], 'ResNeXt, 32x8d'],
    ['layer1.0.conv2.weight', [192, 192, 3, 3], 'Wide ResNet, 192 channels'],
    ['resnet.embedder.embedder.convolution.weight', [64, 3, 7, 7], 'transformers'],
  ])('a relative with %s %j', async (key, shape, reason) => {
    const count = shape.reduce((a, b) => a * b, 1);
    const weight = (size: readonly number[], length: number) => ({
      dtype: 'F32' as const,
      shape: size,
      bytes: new Uint8Array(4 * length),
    });
    const tensors = new Map([
      ['fc.bias', weight([5], 5)],
      ['layer1.0.conv3.weight', weight([256, 64, 1, 1], 256 * 64)],
      [key, weight(shape, count)],
    ]);
    expect(await refusal(writeSafetensors({ tensors, metadata: {} }))).toContain(reason);
  });

  test('a wrong shape', async () => {
    const blob = await changed((tensors) =>
      tensors.set('bn1.bias', { dtype: 'F32', shape: [3], bytes: new Uint8Array(12) }),
    );
    expect(await refusal(blob)).toContain('bn1.bias ([3], not [64])');
  });

  test('a number that is none', async () => {
    const bytes = new Uint8Array(Float32Array.from({ length: 64 }, (_, i) => (i === 7 ? NaN : 0)).buffer);
    const blob = await changed((tensors) => tensors.set('bn1.bias', { dtype: 'F32', shape: [64], bytes }));
    expect(await refusal(blob)).toContain('bn1.bias holds NaN at element 7');
  });
});
