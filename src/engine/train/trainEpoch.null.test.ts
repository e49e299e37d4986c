/** What training promises whatever its numbers: order, stopping, leaving, and that nothing stays on the GPU. */
import { expect, test, vi } from 'vitest';
import { nullBackend } from '../../hosts/node/nullGpu';
import { patternLoader } from '../../testing/patterns';
import { StudioError } from '../base/errors';
import { type Objective, PLAIN } from '../optim/objective';
import type { RunContext } from './context';

const backend = await nullBackend();
const { drain, newRun, samples, SIZE } = await import('../../testing/trainingRun');
const { evaluate } = await import('./evaluate');
const { prefetchFirst } = await import('./trainEpoch');

test('rare classes are drawn as often as the others where that is asked for', async () => {
  const run = newRun(backend);
  const rare = [...samples.filter(({ label }) => label === 0), ...samples.slice(1, 3)];
  const drawn = async (balance: Objective['balance']) => {
    const options = { samples: rare, batchSize: 4, size: SIZE, seed: 1, epoch: 1, objective: { ...PLAIN, balance } };
    const counts = [0, 0, 0];
    for await (const { labels } of prefetchFirst(run.context, options)) for (const label of labels) counts[label]!++;
    return counts;
  };
  expect(await drawn('none')).toEqual([7, 1, 1]);
  expect(await drawn('weights')).toEqual([7, 1, 1]);
  expect(await drawn('sampling')).toEqual([3, 3, 3]);
  run.dispose();
});

test('stopping ends the epoch with its reason and lets everything go', async () => {
  const before = backend.usedBytes();
  const stop = new AbortController();
  const run = newRun(backend, { signal: stop.signal });
  const generator = run.epoch(1);
  await generator.next();
  stop.abort(new StudioError('stopped', 'stopped by hand'));
  await expect(drain(generator)).rejects.toMatchObject({ code: 'stopped' });
  expect(await generator.next()).toEqual({ done: true, value: undefined });
  run.dispose();
  await vi.waitFor(() => expect(backend.usedBytes()).toBe(before));
  backend.gpu.throwIfFailed();
});

test('a consumer may leave between two steps', async () => {
  const before = backend.usedBytes();
  const run = newRun(backend);
  for await (const record of run.epoch(1)) if (record.kind === 'step') break;
  run.dispose();
  await vi.waitFor(() => expect(backend.usedBytes()).toBe(before));
});

test('a step that the GPU has no room for leaves no tensor behind', async () => {
  const before = backend.usedBytes();
  const run = newRun(backend);
  const original = backend.allocate.bind(backend);
  const allocate = vi.spyOn(backend, 'allocate');
  allocate.mockImplementation((...given) => {
    if (allocate.mock.calls.length > 60) throw new StudioError('exceeds-limits', 'too large');
    return original(...given);
  });
  try {
    await expect(drain(run.epoch(1))).rejects.toMatchObject({ code: 'exceeds-limits' });
  } finally {
    allocate.mockRestore();
  }
  run.dispose();
  expect(backend.usedBytes()).toBe(before);
});

test('an unreadable photo is told and left out; none at all is an error', async () => {
  const loader = patternLoader();
  const broken = (isBroken: (path: string) => boolean): Partial<RunContext> => ({
    loader: {
      load: (path, ...rest) =>
        isBroken(path) ? Promise.reject(new StudioError('bad-photo', `${path} is torn`)) : loader.load(path, ...rest),
    },
  });
  const told: string[] = [];
  const onUnreadable = (path: string) => void told.push(path);
  const run = newRun(backend);
  const options = {
    network: run.network,
    samples: samples.slice(0, 4),
    batchSize: 3,
    epoch: 0,
    view: { kind: 'eval', resize: 0, crop: SIZE },
  } as const;
  const one = broken((path) => path === samples[1]!.path);
  const { result } = await drain(evaluate({ ...run.context, onUnreadable, ...one }, options));
  expect([...result.indices]).toEqual([0, 2, 3]);
  expect(told).toEqual([samples[1]!.path]);
  const all = broken(() => true);
  await expect(drain(evaluate({ ...run.context, onUnreadable, ...all }, options))).rejects.toMatchObject({
    code: 'bad-dataset',
  });
  run.dispose();
});
