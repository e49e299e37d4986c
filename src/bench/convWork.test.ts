import { expect, test } from 'vitest';
import { forwardMacs } from '../engine/models/cost';
import { modelOf } from '../engine/models/registry';
import { convWork, workFlops } from './convWork';

test.each([64, 75, 224])('ResNet-50 at %i px: 23 shapes that are the 53 layers', (size) => {
  const work = convWork('resnet50', size);
  expect(work).toHaveLength(23);
  expect(work.reduce((sum, { count }) => sum + count, 0)).toBe(modelOf('resnet50').convs.length);
  // The classifier of one class makes 2,048 more.
  expect(work.reduce((sum, { count, macs }) => sum + count * macs, 0)).toBe(forwardMacs('resnet50', size, 1) - 2048);
  for (const { inSize, outSize, kernel, stride, pad } of work) {
    expect(Math.floor((inSize + 2 * pad - kernel) / stride) + 1).toBe(outSize);
  }
});

test('in groups there is less to multiply, and it is a shape of its own', () => {
  const [grouped] = convWork('resnext50_32x4d', 64).filter(({ groups }) => groups > 1);
  expect(grouped).toMatchObject({ layer: 'layer1.0.conv2', groups: 32, inChannels: 128, inSize: 16, count: 3 });
  expect(grouped!.macs).toBe(16 * 16 * 128 * 9 * 4);
});

test('a shortcut reads its block’s input', () => {
  const shortcut = convWork('resnet18', 64).find(({ layer }) => layer === 'layer2.0.downsample.0');
  expect(shortcut).toMatchObject({ inSize: 16, outSize: 8, inChannels: 64, outChannels: 128, stride: 2, count: 1 });
});

test('photos need no gradient', () => {
  const [stem, second] = convWork('resnet18', 64);
  expect(workFlops(stem!, 2)).toBe(2 * 2 * 2 * stem!.macs);
  expect(workFlops(second!, 2)).toBe(3 * 2 * 2 * second!.macs);
});
