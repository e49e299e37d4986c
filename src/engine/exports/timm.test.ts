/** timm's folder by timm's own conventions, and what it cannot say. */
import { expect, test } from 'vitest';
import { byPath, CLASSES, exportedModel, NORMALIZED } from '../../testing/exported';
import { readWeights } from '../train/checkpoint';
import { cropShare, timm } from './timm';

test('config.json says the architecture, the labels and the view; the weights have torchvision’s names', async () => {
  const files = byPath(timm(exportedModel('resnet18', { view: NORMALIZED })));
  expect([...files.keys()]).toEqual(['config.json', 'model.safetensors', 'README.md']);
  expect(JSON.parse(await files.get('config.json')!.text())).toEqual({
    architecture: 'resnet18',
    num_classes: 5,
    num_features: 512,
    global_pool: 'avg',
    label_names: CLASSES,
    pretrained_cfg: {
      architecture: 'resnet18',
      input_size: [3, 48, 48],
      test_input_size: [3, 64, 64],
      fixed_input_size: false,
      crop_pct: 0.8,
      test_crop_pct: 0.8,
      crop_mode: 'center',
      interpolation: 'bilinear',
      mean: [0.485, 0.456, 0.406],
      std: [0.229, 0.224, 0.225],
      num_classes: 5,
      pool_size: [2, 2],
      first_conv: 'conv1',
      classifier: 'fc',
      license: 'apache-2.0',
    },
  });
  const { arch, classes } = await readWeights(files.get('model.safetensors')!);
  expect([arch, classes]).toEqual(['resnet18', CLASSES]);
});

test('timm’s resize comes out of its share of the crop, whatever the sizes', () => {
  const wrong: string[] = [];
  for (let crop = 16; crop <= 640; crop += 7) {
    for (let resize = crop; resize <= 2 * crop; resize++) {
      if (Math.floor(crop / cropShare(resize, crop)) !== resize) wrong.push(`${resize} ${crop}`);
    }
  }
  expect(wrong).toEqual([]);
  expect([cropShare(256, 224), cropShare(480, 384), cropShare(280, 224)]).toEqual([0.875, 0.8, 0.8]);
});

test('fastai’s head and views without a resize are refused by name', () => {
  expect(() => timm(exportedModel('resnet18-fastai'))).toThrow('fastai’s head');
  const view = { kind: 'eval', resize: 0, crop: 64 } as const;
  expect(() => timm(exportedModel('resnet18', { view }))).toThrow('cropped as they are');
});

test('the model card tells accuracies by size, and whether a licence is known', async () => {
  const measured = [
    { resize: 80, crop: 64, accuracy: 0.75, count: 40 },
    { resize: 160, crop: 128, accuracy: 0.8, count: 40 },
  ];
  const card = await byPath(timm(exportedModel('resnet18', { measured, metadata: { dataset: 'leaves: "two"' } })))
    .get('README.md')!
    .text();
  expect(card).toContain('| 160 | 128 | 80.00 % | 40 |');
  expect(card).toContain('Nobody has said under which licence');
  expect(card).toContain('RGB in [0, 1].\n');
  const shifted = byPath(timm(exportedModel('resnet18', { view: NORMALIZED })));
  expect(await shifted.get('README.md')!.text()).toContain('RGB in [0, 1], minus 0.485, 0.456, 0.406,\ndivided by');
  const line = card.split('\n').find((one) => one.startsWith('model-index: '))!;
  expect(JSON.parse(line.slice('model-index: '.length))).toEqual([
    {
      name: 'resnet18',
      results: [
        {
          task: { type: 'image-classification' },
          dataset: { name: 'leaves: "two"', type: 'imagefolder' },
          metrics: [
            { type: 'accuracy', name: 'Accuracy at 64 px', value: 0.75 },
            { type: 'accuracy', name: 'Accuracy at 128 px', value: 0.8 },
          ],
        },
      ],
    },
  ]);
});
