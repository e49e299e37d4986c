/** The names that training programs leave: by keys and shapes alone. */
import { expect, test } from 'vitest';
import { torchShape } from '../io/torchLayout';
import { stateSpecs } from './registry';
import { isTrunkAlone, torchvisionKeys } from './stateDict';

type Named = Map<string, { shape: readonly number[] }>;

/** A ResNet-18's of three classes, by torchvision's keys. */
const OWN: Named = new Map(stateSpecs('resnet18', 3).map(({ key, shape }) => [key, { shape: torchShape(shape) }]));
const ofHead = (key: string) => key.startsWith('fc.');
const trunk = new Map([...OWN].filter(([key]) => !ofHead(key)));
const renamed = (name: (key: string) => string, of: Named = OWN): Named =>
  new Map([...of].map(([key, each]) => [name(key), each]));
const and = (...parts: Named[]): Named => new Map(parts.flatMap((part) => [...part]));
const tensor = (key: string, ...shape: number[]): Named => new Map([[key, { shape }]]);

const CHILDREN = ['conv1', 'bn1', 'relu', 'maxpool', 'layer1', 'layer2', 'layer3', 'layer4', 'avgpool', 'fc'];
/** As huggingface/transformers calls them, modeling_resnet.py. */
const inTransformers = (key: string) =>
  key
    .replace(/^fc\./, 'classifier.1.')
    .replace(/^conv1\./, 'resnet.embedder.embedder.convolution.')
    .replace(/^bn1\./, 'resnet.embedder.embedder.normalization.')
    .replace(/^layer(\d)\.(\d)\./, (_, stage, block) => `resnet.encoder.stages.${Number(stage) - 1}.layers.${block}.`)
    .replace(/downsample\.([01])/, (_, at) => `shortcut.${['convolution', 'normalization'][Number(at)]!}`)
    .replace(
      /\b(conv|bn)(\d)\./,
      (_, kind, at) => `layer.${Number(at) - 1}.${kind === 'bn' ? 'normalization' : 'convolution'}.`,
    );
const asChild = (key: string) => key.replace(/^[^.]+/, (name) => String(CHILDREN.indexOf(name)));

test.each<[what: string, file: Named, ignored: string[]]>([
  ['torchvision’s own', OWN, []],
  ['DataParallel', renamed((key) => `module.${key}`), []],
  ['DataParallel of a compiled network', renamed((key) => `module._orig_mod.${key}`), []],
  [
    'Lightning with a loss of its own',
    and(
      renamed((key) => `model.${key}`),
      tensor('criterion.weight', 3),
      tensor('acc.tp', 1),
    ),
    ['criterion.weight', 'acc.tp'],
  ],
  ['a Sequential with dropout for fc', renamed((key) => key.replace(/^fc\./, 'fc.1.')), []],
  ['timm’s and others’ names for fc', renamed((key) => key.replace(/^fc\./, 'classifier.')), []],
  [
    'a head beside the backbone',
    renamed((key) => (ofHead(key) ? key.replace('fc.', 'head.fc.') : `backbone.${key}`)),
    [],
  ],
  ['the children as a Sequential', renamed(asChild), []],
  ['transformers’ names', renamed(inTransformers), []],
  ['a head of dropout and a layer', renamed((key) => key.replace(/^fc\./, 'head.1.')), []],
])('%s: the whole network', (_, file, ignored) => {
  const found = torchvisionKeys(file);
  expect([...found.tensors.keys()].sort()).toEqual([...OWN.keys()].sort());
  expect(found.tensors.get('fc.weight')).toEqual({ shape: [3, 512] });
  expect(found.ignored).toEqual(ignored);
});

test.each<[what: string, file: Named]>([
  ['no classifier', trunk],
  [
    'a norm before the classifier',
    and(
      trunk,
      tensor('fc.0.weight', 512),
      tensor('fc.0.bias', 512),
      tensor('fc.1.weight', 3, 512),
      tensor('fc.1.bias', 3),
    ),
  ],
  ['transformers’ network without its classifier', renamed((key) => inTransformers(key).replace('resnet.', ''), trunk)],
  ['a projection in its place', and(trunk, tensor('fc.0.weight', 512, 512), tensor('fc.2.weight', 128, 512))],
  [
    'MoCo’s two encoders',
    and(
      renamed((key) => `module.encoder_q.${key}`, trunk),
      renamed((key) => `module.encoder_k.${key}`, trunk),
      tensor('module.queue', 128, 16),
    ),
  ],
  [
    'DINO’s student and teacher',
    and(
      renamed((key) => `student.${key}`, trunk),
      renamed((key) => `teacher.${key}`, trunk),
    ),
  ],
])('%s: a trunk', (_, file) => {
  const { tensors } = torchvisionKeys(file);
  expect(isTrunkAlone(tensors)).toBe(true);
  expect([...trunk.keys()].filter((key) => !tensors.has(key))).toEqual([]);
});

test('of two networks of equal rank neither is taken', () => {
  const two = and(
    renamed((key) => `left.${key}`),
    renamed((key) => `right.${key}`),
  );
  expect(() => torchvisionKeys(two)).toThrow(/several networks: left\., right\./);
});
