import { expect, test } from 'vitest';
import { crc32 } from '../../testing/golden/values';
import { torchShape } from '../io/torchLayout';
import { fastaiTrainable } from '../train/fastai';
import { type TrainablePart, trainableOf } from './parts';
import { featureShape, forwardMacs, type Section, trainingMacs } from './cost';
import type { Architecture } from './meta';
import { POOLED } from './model';
import { stateSpecs } from './registry';

// GMAC a photo, convolutions and a five-class fc, counted in PyTorch.
const SIZES = [64, 128, 179, 224, 280, 384, 480];
const GMACS: [Architecture, number[]][] = [
  ['resnet18', [0.148, 0.5922, 1.2561, 1.8136, 2.9081, 5.3297, 8.3276]],
  ['resnet34', [0.299, 1.1962, 2.5668, 3.6633, 5.903, 10.7655, 16.821]],
  ['resnet50', [0.3337, 1.3346, 2.8621, 4.0871, 6.5828, 12.0112, 18.7675]],
  ['resnet101', [0.6367, 2.5467, 5.5895, 7.7994, 12.7193, 22.9206, 35.8134]],
  ['resnet152', [0.9397, 3.7589, 8.2645, 11.5116, 18.7767, 33.83, 52.8593]],
  ['wide_resnet50_2', [0.9303, 3.7211, 7.9953, 11.396, 18.3692, 33.4902, 52.3285]],
  ['resnext50_32x4d', [0.3452, 1.3807, 2.9563, 4.2284, 6.8048, 12.4264, 19.4163]],
];

test.each(GMACS)('%s multiplies as often as torchvision’s', (arch, expected) => {
  expect(SIZES.map((size) => Number((forwardMacs(arch, size, 5) / 1e9).toFixed(4)))).toEqual(expected);
  expect(forwardMacs('resnet50', 224, 1000)).toBe(4_089_184_256);
});

test('photos that are not square cost what torchvision’s networks multiply', () => {
  expect(forwardMacs('resnet18', 64, 5, { width: 100 })).toBe(254_392_832);
  expect(forwardMacs('resnet50', 45, 5, { width: 103 })).toBe(462_412_032);
});

// Parameters with 1,000 and with 5 classes, parameter tensors, entries of the state dict; CRC-32 of its lines "key [shape]".
test.each([
  ['resnet18', 11_689_512, 11_179_077, 62, 122, 2188750013],
  ['resnet34', 21_797_672, 21_287_237, 110, 218, 2466699501],
  ['resnet50', 25_557_032, 23_518_277, 161, 320, 2779065152],
  ['resnet101', 44_549_160, 42_510_405, 314, 626, 2967437750],
  ['resnet152', 60_192_808, 58_154_053, 467, 932, 3030583880],
  ['wide_resnet50_2', 68_883_240, 66_844_485, 161, 320, 2308609768],
  ['resnext50_32x4d', 25_028_904, 22_990_149, 161, 320, 263276822],
] as [Architecture, number, number, number, number, number][])(
  '%s has torchvision’s state dict',
  (arch, thousand, five, tensors, entries, crc) => {
    const count = (classes: number) => {
      const trained = stateSpecs(arch, classes).filter(({ role }) => !/running|batchesTracked/.test(role));
      return {
        tensors: trained.length,
        parameters: trained.reduce((n, { shape }) => n + shape.reduce((a, b) => a * b, 1), 0),
      };
    };
    expect(count(1000)).toEqual({ tensors, parameters: thousand });
    expect(count(5)).toEqual({ tensors, parameters: five });
    expect(stateSpecs(arch, 5)).toHaveLength(entries);
    const lines = stateSpecs(arch, 1000).map(({ key, shape }) => `${key} [${torchShape(shape).join()}]\n`);
    expect(crc32(new TextEncoder().encode(lines.join('')))).toBe(crc);
  },
);

test('a training step is worth three forward passes, or less where less is trained', () => {
  const [arch, size, classes] = ['resnet50', 224, 5] as const;
  const forward = forwardMacs(arch, size, classes);
  const share = (part: TrainablePart, section?: Section) =>
    trainingMacs(arch, size, classes, trainableOf(arch, part).isTrainable, section) / forward;
  expect(share('all')).toBe(3);
  expect(share('classifier')).toBeCloseTo(1, 4);
  // Stage 4 is a fifth of ResNet-50.
  expect(share('layer4')).toBeCloseTo(1.4, 1);
  const head = 2048 * 5;
  expect(share('classifier', { from: POOLED })).toBeCloseTo((3 * head) / forward, 9);
  const cut = 'layer4.2';
  const [before, after] = [{ until: cut }, { from: cut }].map((section) => forwardMacs(arch, size, classes, section));
  expect(before! + after!).toBe(forward);
  expect(featureShape(arch, size, cut)).toEqual([7, 7, 2048]);
  expect(featureShape('resnet18-fastai', size, POOLED)).toEqual([1024]);
});

test('all norms trained, every layer behind the first passes gradients on', () => {
  const { isTrainable } = fastaiTrainable('resnet18', { frozen: true });
  const share = trainingMacs('resnet18', 224, 5, isTrainable) / forwardMacs('resnet18', 224, 5);
  expect(share).toBeGreaterThan(1.9);
  expect(share).toBeLessThan(2);
});
