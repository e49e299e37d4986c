import { RUNS } from '../engine/experiments/meta';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import {
  parseHeadlessOptions,
  parseInspectOptions,
  parsePredictOptions,
  parseResume,
  UsageError,
} from './headlessOptions';
import { readOptions, saveOptions } from './projectFolder';

const folder = mkdtempSync(path.join(tmpdir(), 'fixres-options-'));
writeFileSync(path.join(folder, 'init.safetensors'), '');
afterAll(() => rmSync(folder, { recursive: true }));

const parse = (...args: string[]) => parseHeadlessOptions(['--data', '.', '--out', 'out', ...args], folder);

test('paths start from the given folder, and steps and preset have defaults', () => {
  expect(parse()).toEqual({
    engine: 'chromium',
    data: folder,
    out: path.join(folder, 'out'),
    preset: 'blog',
    init: null,
    imports: null,
    exports: null,
    runs: ['baseline', 'sweep', 'finetune'],
    seeds: 1,
    report: false,
    map: false,
    settings: {},
    dataset: {},
  });
});

test('seeds are counted, and a wrong count is refused', () => {
  expect(parse('--seeds', '3', '--report')).toMatchObject({ seeds: 3, report: true });
  for (const wrong of ['0', '-1', '2.5', 'three', '1000', ''])
    expect(() => parse(`--seeds=${wrong}`)).toThrow('a whole number from 1 to 100');
  expect(() => parse('--steps', 'none', '--seeds', '3')).toThrow('no step is in --steps');
});

test('settings of the folder go with those of the run, and alone with --inspect', () => {
  const both = parse('--set', 'labelColumn=dx', 'epochs=3', '--preset', 'quick');
  expect(both).toMatchObject({ settings: { epochs: '3' }, dataset: { labelColumn: 'dx' } });
  expect(parseInspectOptions(['--inspect', 'photos', '--set', 'labelColumn=dx'], folder)).toEqual({
    inspect: path.join(folder, 'photos'),
    settings: { labelColumn: 'dx' },
  });
  expect(parseInspectOptions(['--data', '.'], folder)).toBeNull();
  expect(() => parseInspectOptions(['--inspect', '.', '--set', 'epochs=3'], folder)).toThrow('--set epochs');
  for (const [foreign, ...value] of [
    ['--out', 'out'],
    ['--resume', 'out'],
    ['--data', '.'],
    ['--engine', 'node'],
    ['--map'],
  ])
    expect(() => parseInspectOptions(['--inspect', '.', foreign!, ...value], folder)).toThrow(
      `--inspect runs nothing: leave out ${foreign}`,
    );
});

test('photos are predicted with weights alone, and nothing is run', () => {
  const asked = ['--predict', '.', '--weights', 'init.safetensors', '--out', 'out'];
  expect(parsePredictOptions([...asked, '--set', 'batchSize=8'], folder)).toEqual({
    engine: 'chromium',
    predict: folder,
    weights: { file: path.join(folder, 'init.safetensors') },
    out: path.join(folder, 'out'),
    sizes: [],
    settings: { batchSize: '8' },
  });
  expect(parsePredictOptions([...asked, '--sizes', '128, 96'], folder)!.sizes).toEqual([96, 128]);
  expect(parsePredictOptions(['--data', '.'], folder)).toBeNull();
  for (const [wrong, said] of [
    [['--predict', '.', '--out', 'out'], '--weights is missing'],
    [[...asked, '--sizes', '96,8'], '--sizes is'],
    [['--data', '.', '--sizes', '96'], '--sizes goes with --predict'],
    [['--predict', '.', '--weights', 'init.safetensors'], '--out is missing'],
    [[...asked, '--steps', 'sweep'], 'leave out --steps'],
    [[...asked, '--sample'], 'leave out --sample'],
    [[...asked, '--seeds', '3'], 'leave out --seeds'],
    [[...asked, '--report'], 'leave out --report'],
    [[...asked, '--map'], 'leave out --map'],
    [[...asked, '--prove'], 'leave out --prove'],
    [[...asked, '--resume', 'out'], 'leave out --resume'],
    [['--predict', 'absent', '--weights', 'init.safetensors', '--out', 'out'], '--predict'],
    [['--data', '.', '--weights', 'init.safetensors'], '--weights goes with --predict'],
  ] as const)
    expect(() => parsePredictOptions(wrong, folder), said).toThrow(said);
});

test('the sample takes the place of a folder', () => {
  expect(parseHeadlessOptions(['--sample', '--out', 'out'], folder).data).toBeNull();
});

test('several settings may follow one --set, or each its own', () => {
  expect(parse('--set', 'epochs=3', 'arch=resnet18', '--set', 'sweepSizes=64,96', '--preset', 'quick')).toMatchObject({
    preset: 'quick',
    settings: { epochs: '3', arch: 'resnet18', sweepSizes: '64,96' },
  });
});

test('networks go out in the formats that are named, or in all of them', () => {
  const onnx = { output: 'logits', normalization: 'inside', norms: 'kept' };
  const two = { formats: ['onnx', 'tfjs'], checkpoint: false, torchrun: false, all: false, prove: false, onnx };
  expect(parse('--export', 'onnx, tfjs,onnx').exports).toEqual(two);
  const all = {
    formats: ['pth', 'timm', 'onnx', 'transformers', 'tfjs', 'page'],
    checkpoint: true,
    torchrun: false,
    all: true,
    prove: true,
    onnx,
  };
  expect(parse('--export', 'all', '--prove').exports).toEqual(all);
  expect(parse('--export', 'onnx', '--onnx', 'folded,probabilities').exports).toMatchObject({
    onnx: { output: 'probabilities', normalization: 'inside', norms: 'folded' },
  });
  expect(parse('--export', 'checkpoint').exports).toMatchObject({ formats: [], checkpoint: true });
  expect(parse('--export', 'pth,checkpoint', '--steps', 'sweep,baseline').exports).toMatchObject({ checkpoint: true });
  for (const steps of ['baseline,sweep', 'baseline,evaluate', 'lrFinder', 'none'])
    expect(() => parse('--export', 'pth,checkpoint', '--steps', steps)).toThrow(
      '--export checkpoint: the last of --steps must be baseline or finetune',
    );
  expect(parse('--export', 'all', '--steps', 'baseline,sweep').exports).toMatchObject({ checkpoint: true });
  expect(() => parse('--export', 'onnx', '--onnx', 'small')).toThrow('logits, probabilities, inside, outside, kept');
  expect(() => parse('--export', 'onnx', '--onnx', 'kept,folded')).toThrow('excludes');
  expect(() => parse('--onnx', 'folded')).toThrow('--export onnx');
  expect(() => parse('--export', 'pth', '--onnx', 'folded')).toThrow('--export onnx');
  expect(() => parse('--export', 'torchrun', '--prove')).toThrow('none is in --export');
  expect(parse('--export', 'torchrun').exports).toMatchObject({ formats: [], torchrun: true });
});

test('what was done elsewhere comes in, and nothing runs unless it is asked for', () => {
  expect(parse('--import', '.')).toMatchObject({ imports: folder, runs: [] });
  expect(parse('--import', '.', '--steps', 'finetune')).toMatchObject({ imports: folder, runs: ['finetune'] });
  expect(parse('--steps', 'none', '--export', 'torchrun').runs).toEqual([]);
});

test('steps keep their order, evaluate included', () => {
  expect(parse('--steps', 'evaluate', '--init', 'init.safetensors')).toMatchObject({
    runs: ['evaluate'],
    init: { file: path.join(folder, 'init.safetensors') },
  });
  expect(parse('--init', 'hub:timm/resnet50.tv_in1k').init).toEqual({ hub: 'timm/resnet50.tv_in1k' });
});

test('a run is gone on with by its folder alone', async () => {
  expect(parseResume(['--out', 'out'], folder)).toBeNull();
  expect(parseResume(['--resume', 'out'], folder)).toEqual({ out: path.join(folder, 'out'), engine: null });
  expect(parseResume(['--resume', 'out', '--engine', 'node'], folder)?.engine).toBe('node');
  expect(() => parseResume(['--resume', 'out', '--engine', 'safari'], folder)).toThrow('must be one of');
  expect(() => parseResume(['--resume', 'out', '--data', '.'], folder)).toThrow('leave out --data');
  expect(() => parseResume(['--resume', 'out', 'epochs=3'], folder)).toThrow('leave out epochs=3');
  await expect(readOptions(folder)).rejects.toThrow('nothing was begun there');
  const options = parse('--engine', 'node', '--set', 'epochs=3');
  await saveOptions({ ...options, out: folder });
  expect(await readOptions(folder)).toEqual({ ...options, out: folder });
});

describe('wrong arguments are refused by name', () => {
  test.each([
    [['--set', 'epoch=3'], 'Unknown setting "epoch"'],
    [['--set', 'epochs=0'], 'epochs is "0"'],
    [['--set', 'epochs=2.5'], 'epochs is "2.5"'],
    [['--set', 'heldOut=0.99'], 'heldOut must be 0 (none), or a number from 0.05 to 0.9.'],
    [['--set', 'lowSize=16'], 'or a whole number from 32 to 1024.'],
    [['--set', 'arch=vgg'], 'arch is "vgg"'],
    [['--set', 'sweepSizes=64,wide'], 'sweepSizes is "wide"'],
    [['--set', 'epochs'], 'Unknown setting "epochs": write --set key=value'],
    [['stray'], 'Unknown setting "stray"'],
    [['--steps', 'baseline,sweeep'], `"sweeep" must be one of ${RUNS.join(', ')}`],
    [
      ['--export', 'onnx,coreml'],
      '"coreml" must be one of pth, timm, onnx, transformers, tfjs, page, checkpoint, torchrun, all',
    ],
    [['--prove'], 'say which with --export'],
    [['--engine', 'deno'], '--engine deno must be one of chromium, node'],
    [['--engine', 'node', '--prove', '--export', 'pth'], 'exported files are tried in a browser'],
    [['--engine', 'node', '--init', 'hub:a/b'], 'the Hub is asked by a browser'],
    [['--preset', 'fast'], '--preset fast must be one of blog, paper, transfer, fastai, quick'],
    [['--init', 'hub:resnet50'], 'write hub:OWNER/NAME'],
    [['--init', 'absent.safetensors'], 'absent.safetensors cannot be read'],
    [['--sample'], '--data and --sample exclude each other'],
    [['--verbose'], "'--verbose'"],
  ])('%j', (args, message) => {
    expect(() => parse(...args)).toThrow(UsageError);
    expect(() => parse(...args)).toThrow(message);
  });

  test.each([
    [['--out', 'out'], '--data is missing'],
    [['--data', '.'], '--out is missing'],
    [['--data', 'absent', '--out', 'out'], 'absent cannot be read as a folder'],
    [['--data', 'init.safetensors', '--out', 'out'], 'init.safetensors cannot be read as a folder'],
    [['--data', '.', '--out', 'init.safetensors'], 'init.safetensors cannot be written'],
  ])('%j alone', (args, message) => {
    expect(() => parseHeadlessOptions(args, folder)).toThrow(message);
  });
});
