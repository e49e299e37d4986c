import { expect, test } from 'vitest';
import { ARCHITECTURES } from './meta';
import { otherNetwork, recognise, relativeOf, type Shapes } from './recognise';
import { stateSpecs } from './registry';

const shapesOf = (arch: (typeof ARCHITECTURES)[number], classes: number) =>
  new Map<string, readonly number[]>(stateSpecs(arch, classes).map(({ key, shape }) => [key, shape]));

/** With the first stage's 3x3 filters of another shape. */
const withMiddle = (shapes: Shapes, into: number, out: number) =>
  new Map([...shapes, ['layer1.0.conv2.weight', [3, 3, into, out]] as const]);

test.each(ARCHITECTURES.flatMap((arch) => [1, 64, 1000].map((classes) => [arch, classes] as const)))(
  '%s of %i classes is recognised, though others share its keys',
  (arch, classes) => {
    expect(recognise(shapesOf(arch, classes))).toBe(arch);
    expect(relativeOf(shapesOf(arch, classes))).toBeNull();
  },
);

test.each([
  // torchvision's resnext101_32x8d, wide_resnet101_2, resnext101_64x4d; timm's resnext50d_32x4d, seresnext50_32x4d, resnext26.
  ['resnet101', 8, 256, 'convolves in other groups than ours (ResNeXt, 32x8d)'],
  ['resnet101', 4, 256, 'convolves in other groups than ours (ResNeXt, 64x4d)'],
  ['resnet101', 128, 128, 'is wider than ours (Wide ResNet, 128 channels inside of its first block)'],
  ['resnet50', 8, 256, 'convolves in other groups than ours (ResNeXt, 32x8d)'],
  ['resnet50', 256, 256, 'is wider than ours (Wide ResNet, 256 channels inside of its first block)'],
  ['resnet152', 4, 128, 'convolves in other groups than ours (ResNeXt, 32x4d)'],
] as const)('a %s whose first filters are [3, 3, %i, %i] %s', (arch, into, out, what) => {
  expect(relativeOf(withMiddle(shapesOf(arch, 1000), into, out))).toBe(what);
});

test('what gives a relative away counts beside all else that is alike', () => {
  const resnext = shapesOf('resnext50_32x4d', 5);
  const withKey = (key: string) => relativeOf(new Map([...resnext, [key, [1]]]));
  expect(withKey('layer1.0.se.fc1.weight')).toContain('squeeze and excitation');
  expect(withKey('conv1.0.weight')).toContain('a stem of three convolutions');
  expect(withKey('layer4.2.bn4.weight')).toBeNull();
});

test('a stem for another number of channels is told', () => {
  const grey = new Map([...shapesOf('resnet18', 3), ['conv1.weight', [7, 7, 1, 64]] as const]);
  expect(relativeOf(grey)).toBe('is for photos of 1 channel, not of red, green and blue');
});

test.each([
  ['a DenseNet', 'features.denseblock1.denselayer1.norm1.weight'],
  ['a vision transformer (ViT)', 'class_token'],
  ['a vision transformer (ViT)', 'blocks.pos_embed'],
  ['a Swin transformer', 'layers.0.blocks.0.attn.relative_position_bias_table'],
  ['a ConvNeXt or the like', 'stages.0.blocks.0.gamma'],
  ['an EfficientNet or the like', 'features.1.0.block.1.fc1.weight'],
  ['an EfficientNet or the like', '_blocks.0._depthwise_conv.weight'],
  ['a MobileNet', 'features.1.conv.0.0.weight'],
  ['an AlexNet or a VGG', 'classifier.6.weight'],
  ['a YOLO, which detects things', 'model.2.cv1.conv.weight'],
])('%s is called by its name: %s', (what, key) => {
  expect(otherNetwork(['x.weight', key])).toBe(what);
  expect(ARCHITECTURES.map((arch) => otherNetwork([...shapesOf(arch, 3).keys()]))).toEqual(
    ARCHITECTURES.map(() => null),
  );
});
