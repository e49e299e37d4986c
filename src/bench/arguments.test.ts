import { expect, test, vi } from 'vitest';
import { UsageError } from '../cli/headlessOptions';
import { parseBenchOptions, USAGE } from './arguments';

test('a step is the issue’s unless told otherwise', () => {
  const step = {
    bench: 'step',
    arch: 'resnet50',
    batch: 4,
    size: 64,
    memory: 'lean',
    tuneSeconds: 0,
    repeats: 5,
    stockRepeats: null,
    against: null,
  };
  expect(parseBenchOptions(['step'])).toEqual(step);
  expect(
    parseBenchOptions(['step', '--arch', 'resnet18', '--batch', '8', '--against', 'stock', '--stock-repeats', '2']),
  ).toEqual({ ...step, arch: 'resnet18', batch: 8, against: 'stock', stockRepeats: 2 });
});

test('a step may be taken once, and nothing else', () => {
  expect(parseBenchOptions(['step', '--repeats', '0'])).toMatchObject({ repeats: 0 });
  expect(() => parseBenchOptions(['conv', '--repeats', '0'])).toThrow('--repeats 0 is no positive whole number');
});

test('convolutions compare with jax-js alone', () => {
  expect(parseBenchOptions(['conv', '--against', 'jax-js'])).toMatchObject({ bench: 'conv', against: 'jax-js' });
  expect(() => parseBenchOptions(['conv', '--against', 'stock'])).toThrow('--against "stock" must be one of jax-js');
});

test('a GPU’s bench is the blog’s run; folders are the caller’s', () => {
  const gpu = {
    bench: 'gpu',
    scale: null,
    part: null,
    arch: 'resnet50',
    batch: 64,
    size: 224,
    memory: 'lean',
    tuneSeconds: 20,
    repeats: 5,
  };
  expect(parseBenchOptions(['gpu'])).toEqual(gpu);
  expect(parseBenchOptions(['gpu', '--tune', '0'])).toEqual({ ...gpu, tuneSeconds: 0 });
  expect(parseBenchOptions(['gpu', '--scale', 'small', '--part', 'layers'])).toEqual({
    ...gpu,
    scale: 'small',
    part: 'layers',
  });
  vi.stubEnv('INIT_CWD', '/somewhere');
  const shape = { arch: 'resnet18', batch: 16, size: 64 };
  const train = { bench: 'train', data: '/somewhere/photos', ...shape, steps: 30, epochs: null };
  expect(parseBenchOptions(['train', '--data', 'photos'])).toEqual(train);
  expect(parseBenchOptions(['train', '--data', 'photos', '--epochs', '10'])).toEqual({ ...train, epochs: 10 });
  expect(parseBenchOptions(['pack', 'out/bench'])).toEqual({ bench: 'pack', out: '/somewhere/out/bench' });
  vi.unstubAllEnvs();
});

test.each([
  [[], 'bench "" must be one of step, conv'],
  [['layer'], 'pack, hidden, lasting, torture'],
  [['--batch', '4', 'mend'], 'mend has to come first'],
  [['layers'], 'bench "layers" must be one of'],
  [['step', 'conv'], '"conv" is more than one bench'],
  [['pack'], 'pack: the folder to write is missing'],
  [['gpu', '--scale', 'tiny'], '--scale "tiny" must be one of full, small'],
  [['step', '--arch', 'vgg'], '--arch "vgg" must be one of resnet18'],
  [['step', '--batch', '0'], '--batch 0 is no positive whole number'],
  [['step', '--size', 'big'], '--size big is no positive whole number'],
  [['step', '--sise', '64'], "Unknown option '--sise'"],
])('%j is refused: %s', (args, message) => {
  expect(() => parseBenchOptions(args)).toThrow(UsageError);
  expect(() => parseBenchOptions(args)).toThrow(message);
});

test('memory is that of the blog’s step', () => {
  expect(parseBenchOptions(['memory'])).toEqual({ bench: 'memory', arch: 'resnet50', batch: 64, size: 224 });
});

test('the host’s cost is measured on a step that the null device has memory for', () => {
  expect(parseBenchOptions(['host', '--arch', 'resnet18'])).toEqual({
    bench: 'host',
    arch: 'resnet18',
    batch: 4,
    size: 64,
    memory: 'lean',
    repeats: 20,
  });
  expect(() => parseBenchOptions(['host', '--repeats', '0'])).toThrow(UsageError);
});

test('the usage lists every bench', () => {
  for (const name of ['step', 'check', 'predict', 'torture', 'numerics', 'pack'])
    expect(USAGE).toContain(`\n  ${name} `);
});
