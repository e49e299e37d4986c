import { beforeAll, describe, expect, test, vi } from 'vitest';
import { nullBackend } from '../../hosts/node/nullGpu';
import { StudioError } from '../base/errors';
import type { StudioBackend } from '../gpu/backend';
import type { Pass } from '../kernels/conv2d/shape';
import type { Precision } from '../kernels/storage';
import type { ChoiceStore, TuneOptions } from './kernelTuning';

let backend: StudioBackend;
beforeAll(async () => {
  backend = await nullBackend();
});

function memoryStore(): ChoiceStore & { texts: Map<string, string> } {
  const texts = new Map<string, string>();
  return {
    texts,
    load: (key) => Promise.resolve(texts.get(key) ?? null),
    save: async (key, text) => void texts.set(key, text),
    clear: async () => texts.clear(),
  };
}

const options = (changed: Partial<TuneOptions> = {}): TuneOptions => ({
  arch: 'resnet18',
  rows: 1,
  size: 32,
  passes: ['forward'],
  budgetSeconds: 60,
  now: () => performance.now(),
  signal: new AbortController().signal,
  ...changed,
});

test('every distinct convolution gets a variant that the adapter has, and is not tuned twice', async () => {
  const { tune } = await import('./kernelTuning');
  const { convVariants } = await import('../kernels/conv2d/variants');
  backend.choices = undefined;
  const before = backend.usedBytes();
  const steps: number[] = [];
  const atOnce = vi.spyOn(backend.gpu.device, 'createComputePipeline');
  for await (const { done, of } of tune(backend, options())) {
    expect(of).toBe(11);
    steps.push(done);
  }
  expect(steps).toEqual(Array.from({ length: 11 }, (_, i) => i));
  // All of them beside other work, which is not held up.
  expect(atOnce).not.toHaveBeenCalled();
  const names = new Set(convVariants(backend.report).map(({ name }) => name));
  expect(backend.choices!.size).toBe(11);
  for (const name of backend.choices!.values()) expect(names.has(name), name).toBe(true);
  expect((await tune(backend, options()).next()).done).toBe(true);
  expect(backend.usedBytes()).toBe(before);
  backend.choices = undefined;
});

test('the budget ends it, what weighs most having come first', async () => {
  const { tune } = await import('./kernelTuning');
  backend.choices = undefined;
  let clock = 0;
  const started: number[] = [];
  const run = tune(backend, options({ budgetSeconds: 1, now: () => (clock += 100) }));
  for await (const { done } of run) started.push(done);
  expect(started.length).toBeLessThan(5);
  // A stage's 3x3 convolutions do more together than the stem or a shortcut.
  for (const key of backend.choices!.keys()) expect(key).toContain('3/1');
  backend.choices = undefined;
});

test('stopping stops it and leaves no tensor', async () => {
  const { tune } = await import('./kernelTuning');
  const before = backend.usedBytes();
  const stop = new AbortController();
  const run = tune(backend, options({ signal: stop.signal, size: 33 }));
  await run.next();
  stop.abort(new StudioError('stopped', 'by hand'));
  await expect(run.next()).rejects.toMatchObject({ code: 'stopped' });
  expect(backend.usedBytes()).toBe(before);
  backend.choices = undefined;
});

test('a chosen variant is the one that runs', async () => {
  const { convVariants, variantFor } = await import('../kernels/conv2d/variants');
  const { choiceKey, convShape } = await import('../kernels/conv2d/shape');
  const { report } = backend;
  const [first, second] = convVariants(report).filter(({ algorithm }) => algorithm === 'direct');
  const shape = convShape([4, 8, 8, 4], [3, 3, 4, 4], { stride: 1, pad: 1 });
  const winograd = convVariants(report).find(({ algorithm }) => algorithm === 'winograd')!;
  const choices = new Map([
    [choiceKey('forward', shape, 'float32'), winograd.name],
    [choiceKey('inputGradient', shape, 'float32'), second!.name],
    [choiceKey('filterGradient', shape, 'float32'), winograd.name],
    [choiceKey('forward', shape, 'float16'), 'of another engine'],
  ]);
  const chosen = (pass: Pass, precision: Precision) => variantFor({ report, choices }, pass, shape, precision);
  expect(chosen('forward', 'float32')).toBe(winograd);
  expect(chosen('inputGradient', 'float32')).toBe(second);
  expect(chosen('filterGradient', 'float32'), 'which Winograd cannot do').toBe(first);
  const standard = variantFor({ report }, 'forward', shape, 'float32');
  expect(chosen('forward', 'float16'), 'which there is none of').toBe(standard);
  expect(chosen('inputGradient', 'float16')).toBe(standard);
});

test('by default only wide layers go by Winograd’s algorithm', async () => {
  const { variantFor } = await import('../kernels/conv2d/variants');
  const { convShape } = await import('../kernels/conv2d/shape');
  const report = { ...backend.report, subgroupSize: 4 };
  const algorithm = (inChannels: number, outChannels: number) => {
    const shape = convShape([4, 8, 8, inChannels], [3, 3, inChannels, outChannels], { stride: 1, pad: 1 });
    return variantFor({ report }, 'forward', shape, 'float32').algorithm;
  };
  expect([algorithm(32, 64), algorithm(16, 32), algorithm(32, 16)]).toEqual(['winograd', 'direct', 'direct']);
});

describe('choices are remembered', () => {
  test('for one adapter', async () => {
    const { loadChoices, saveChoices } = await import('./kernelTuning');
    const store = memoryStore();
    const choices = new Map([['forward 1x2x3x4-5 1/1', 'tiled']]);
    await saveChoices(store, backend.report, choices);
    expect(await loadChoices(store, backend.report)).toEqual(choices);
    expect(await loadChoices(store, { ...backend.report, description: 'another driver' })).toEqual(new Map());
    await store.clear();
    expect(await loadChoices(store, backend.report)).toEqual(new Map());
  });

  test.each(['', '{', '{"a": 1}', '[[1, 2], ["a"], null]', 'null'])('and %j is as good as none', async (text) => {
    const { loadChoices, storeKey } = await import('./kernelTuning');
    const store = memoryStore();
    store.texts.set(storeKey(backend.report), text);
    expect(await loadChoices(store, backend.report)).toEqual(new Map());
  });
});
