/**
 * Names of tensors, as training programs leave them, → torchvision's: what stands before them is left away, a part of a larger
 * network is taken out of it, and a classifier is found under its other names.
 */
import { StudioError } from '../base/errors';

export interface StateDict<T> {
  /** By torchvision's keys. */
  tensors: Map<string, T>;
  /** What stood before the keys. */
  prefix: string;
  /** Keys that belong to something else. */
  ignored: readonly string[];
}

/** Keys that every ResNet has: the network's own name stands before them. */
const TRUNK_KEY = /^(.*?)layer1\.0\.conv1\.weight$/;
/** The second of two networks, which follows the first: MoCo's key encoder, DINO's teacher, averages. */
const FOLLOWER = /(^|[._])(encoder_k|momentum\w*|teacher|ema\w*|target\w*|key_encoder|k_encoder)([._]|$)/i;
/** Other names of torchvision's `fc`. */
const CLASSIFIERS = ['last_linear', 'classifier', 'head', 'linear', 'head.fc', 'classif', 'logits'];
const SHOWN = 8;

/** fastai's `create_cnn_model`: a Sequential of body and head, whose places are names. */
const FASTAI_BODY: Readonly<Record<string, string>> = {
  '0.0.': 'conv1.',
  '0.1.': 'bn1.',
  '0.4.': 'layer1.',
  '0.5.': 'layer2.',
  '0.6.': 'layer3.',
  '0.7.': 'layer4.',
  '1.': 'head.',
};

/** `nn.Sequential(*resnet.children())`: its places, which the classifier may follow. */
const CHILDREN: Readonly<Record<string, string>> = {
  '0.': 'conv1.',
  '1.': 'bn1.',
  '4.': 'layer1.',
  '5.': 'layer2.',
  '6.': 'layer3.',
  '7.': 'layer4.',
  '9.': 'fc.',
  '10.': 'fc.',
};

/** The transformers library's ResNetModel, and its classifier. */
const TRANSFORMERS: readonly [key: RegExp, place: (...parts: string[]) => string][] = [
  [/^(?:resnet\.)?embedder\.embedder\.(convolution|normalization)\./, (kind) => (isNorm(kind) ? 'bn1.' : 'conv1.')],
  [
    /^(?:resnet\.)?encoder\.stages\.(\d+)\.layers\.(\d+)\.shortcut\.(convolution|normalization)\./,
    (stage, block, kind) => `layer${Number(stage) + 1}.${block}.downsample.${isNorm(kind) ? 1 : 0}.`,
  ],
  [
    /^(?:resnet\.)?encoder\.stages\.(\d+)\.layers\.(\d+)\.layer\.(\d+)\.(convolution|normalization)\./,
    (stage, block, at, kind) => `layer${Number(stage) + 1}.${block}.${isNorm(kind) ? 'bn' : 'conv'}${Number(at) + 1}.`,
  ],
  [/^classifier\.1\./, () => 'fc.'],
];
const OF_TRANSFORMERS = /^(resnet\.)?encoder\.stages\.0\.layers\.0\.layer\.0\.convolution\.weight$/;

const isNorm = (kind: string | undefined): boolean => kind === 'normalization';

interface Shaped {
  shape: readonly number[];
}

/** @throws StudioError `bad-weights` where it holds several networks and none is the one that is meant. */
export function torchvisionKeys<T extends Shaped>(named: ReadonlyMap<string, T>): StateDict<T> {
  const { tensors, prefix, ignored } = withoutPrefix(fromPlaces(withoutShared(named)));
  return { tensors: withClassifier(tensors), prefix, ignored };
}

/** Where all keys begin alike, that is left away: DataParallel's `module.`, torch.compile's `_orig_mod.`. */
function withoutShared<T>(tensors: ReadonlyMap<string, T>): ReadonlyMap<string, T> {
  const [first = ''] = tensors.keys();
  const prefix = first.slice(0, first.indexOf('.') + 1);
  const shared = prefix !== '' && tensors.size > 1 && [...tensors.keys()].every((key) => key.startsWith(prefix));
  if (!shared) return tensors;
  return withoutShared(new Map([...tensors].map(([key, tensor]) => [key.slice(prefix.length), tensor])));
}

function fromTransformers(key: string): string {
  const [pattern, place] = TRANSFORMERS.find(([each]) => each.test(key)) ?? [];
  return pattern ? key.replace(pattern, (_, ...parts: string[]) => place!(...parts)) : key;
}

/** Of a Sequential, whose places are all the names there are, and of a library with names of its own. */
function fromPlaces<T>(tensors: ReadonlyMap<string, T>): ReadonlyMap<string, T> {
  if ([...tensors.keys()].some((key) => OF_TRANSFORMERS.test(key)))
    return new Map([...tensors].map(([key, tensor]) => [fromTransformers(key), tensor]));
  if (tensors.has('0.0.weight') && tensors.has('0.4.0.conv1.weight')) return renamed(tensors, FASTAI_BODY);
  return tensors.has('0.weight') && tensors.has('4.0.conv1.weight') ? renamed(tensors, CHILDREN) : tensors;
}

function renamed<T>(tensors: ReadonlyMap<string, T>, places: Readonly<Record<string, string>>): ReadonlyMap<string, T> {
  return new Map(
    [...tensors].map(([key, tensor]) => {
      const place = Object.keys(places).find((each) => key.startsWith(each));
      return [place === undefined ? key : places[place]! + key.slice(place.length), tensor];
    }),
  );
}

const TRUNK_KEYS = /^(conv1|bn1|layer\d)\./;

export const isBesideTrunk = (key: string): boolean => !TRUNK_KEYS.test(key);

/** No classifier at all, or in its place what we have none of: several layers, as self-supervised training has them, or norms. */
export const isTrunkAlone = (tensors: ReadonlyMap<string, Shaped>): boolean =>
  tensors.has('layer1.0.conv1.weight') && !tensors.has('fc.weight') && !tensors.has('head.8.weight');

function withoutPrefix<T>(tensors: ReadonlyMap<string, T>): StateDict<T> {
  const prefixes = [...tensors.keys()].flatMap((key) => TRUNK_KEY.exec(key)?.[1] ?? []);
  const leaders = prefixes.length > 1 ? prefixes.filter((prefix) => !FOLLOWER.test(prefix)) : prefixes;
  const [prefix, ...more] = leaders;
  if (prefix === undefined || prefix === '') {
    if (prefixes.length > 1 && prefix === undefined) throw severalNetworks(prefixes);
    return { tensors: new Map(tensors), prefix: '', ignored: [] };
  }
  if (more.length > 0) throw severalNetworks(prefixes);
  const own = new Map<string, T>();
  const ignored: string[] = [];
  for (const [key, tensor] of tensors) {
    if (key.startsWith(prefix)) own.set(key.slice(prefix.length), tensor);
    else ignored.push(key);
  }
  return withHeadBeside({ tensors: own, prefix, ignored }, tensors);
}

/** mmpretrain's and others' classifier, which is no part of the backbone: `head.fc.weight` beside `backbone.layer1…`. */
function withHeadBeside<T>(found: StateDict<T>, all: ReadonlyMap<string, T>): StateDict<T> {
  const parent = found.prefix.replace(/[^.]+\.$/, '');
  const isOwn = [...found.tensors.keys()].some((key) =>
    [...CLASSIFIERS, 'fc'].some((name) => key.startsWith(`${name}.`)),
  );
  const name = [...CLASSIFIERS, 'fc', 'cls_head.fc', 'cls_head'].find((each) => all.has(`${parent}${each}.weight`));
  if (isOwn || name === undefined) return found;
  const tensors = new Map(found.tensors);
  const taken: string[] = [];
  for (const part of ['weight', 'bias']) {
    const key = `${parent}${name}.${part}`;
    const tensor = all.get(key);
    if (!tensor) continue;
    tensors.set(`fc.${part}`, tensor);
    taken.push(key);
  }
  return { ...found, tensors, ignored: found.ignored.filter((key) => !taken.includes(key)) };
}

function severalNetworks(prefixes: readonly string[]): StudioError {
  return new StudioError(
    'bad-weights',
    `The file holds several networks: ${prefixes.slice(0, SHOWN).join(', ')}`,
    'Save the state dict of one of them alone.',
  );
}

/** `fc` where the classifier is a Sequential of one linear layer and dropout, or has another name. */
function withClassifier<T extends Shaped>(tensors: Map<string, T>): Map<string, T> {
  if (tensors.has('fc.weight') || tensors.has('head.8.weight')) return tensors;
  for (const name of ['fc', ...CLASSIFIERS]) {
    const inside = [...tensors.keys()].filter((key) => key.startsWith(`${name}.`));
    const weight = inside.find((key) => key.endsWith('weight') && tensors.get(key)!.shape.length === 2);
    // A norm before it would be missed as much as a second layer.
    if (weight === undefined || inside.some((key) => !key.startsWith(weight.replace(/weight$/, '')))) continue;
    const bias = weight.replace(/weight$/, 'bias');
    const others = [...tensors].filter(([key]) => !key.startsWith(`${name}.`));
    const own = tensors.get(bias);
    return new Map([...others, ['fc.weight', tensors.get(weight)!], ...(own ? [['fc.bias', own] as const] : [])]);
  }
  return tensors;
}
