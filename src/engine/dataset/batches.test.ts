import { expect, test } from 'vitest';
import { makeView } from '../photo/makeView';
import type { LoadedView, PhotoLoader, ViewSeed, ViewSpec } from '../photo/view';
import { StudioError } from '../base/errors';
import { fork, permutation } from '../base/rng';
import { type Batch, batches, type BatchOptions } from './batches';
import type { Sample } from './types';

const samples: Sample[] = Array.from({ length: 23 }, (_, i) => ({ path: `${i}.jpg`, imageId: `${i}`, label: i % 3 }));

/** Loads after random delays, and watches how much is in flight. */
class SlowLoader implements PhotoLoader {
  readonly seeds: (ViewSeed | null)[] = [];
  inFlight = 0;
  most = 0;
  started = 0;
  constructor(
    private readonly broken: Record<string, Error> = {},
    private readonly delay = fork(9),
  ) {}

  async load(path: string, spec: ViewSpec, seed: ViewSeed | null): Promise<LoadedView> {
    this.seeds.push(seed);
    this.started++;
    this.most = Math.max(this.most, ++this.inFlight);
    await new Promise((resolve) => setTimeout(resolve, this.delay.uniform() * 4));
    this.inFlight--;
    if (this.broken[path]) throw this.broken[path];
    const view = makeView(spec, 8, 6, seed);
    return { view, photoWidth: 8, photoHeight: 6, pixels: new Uint8ClampedArray(8 * 6 * 4) };
  }
}

function options(loader: PhotoLoader, more: Partial<BatchOptions> = {}): BatchOptions {
  return {
    samples,
    order: null,
    batchSize: 5,
    spec: { kind: 'eval', resize: 0, crop: 4 },
    seed: 1,
    epoch: 2,
    loader,
    prefetch: 7,
    signal: new AbortController().signal,
    onUnreadable: (path) => expect.fail(path),
    ...more,
  };
}

async function collect(given: BatchOptions): Promise<Batch[]> {
  const all: Batch[] = [];
  for await (const batch of batches(given)) all.push(batch);
  return all;
}

test('batches tell where they end, and begin anywhere, past photos that cannot be read', async () => {
  const broken = {
    '3.jpg': new StudioError('bad-photo', 'torn', ''),
    '22.jpg': new StudioError('bad-photo', 'torn', ''),
  };
  const given = { order: permutation(fork(3), samples.length), onUnreadable: () => {} };
  const whole = await collect(options(new SlowLoader(broken), given));
  const places = whole.map(({ indices, end }) => [end, given.order[end - 1] === indices.at(-1)]);
  expect(places.map(([, last]) => last)).toEqual([true, true, true, true, true]);
  expect(whole.flatMap(({ indices }) => [...indices])).toHaveLength(21);
  for (const [i, { end: start }] of whole.entries()) {
    const rest = await collect(options(new SlowLoader(broken), { ...given, start }));
    expect(rest.map(({ indices, end }) => [end, ...indices])).toEqual(
      whole.slice(i + 1).map(({ indices, end }) => [end, ...indices]),
    );
  }
});

test('batches hold the samples in order, the last one the rest', async () => {
  const all = await collect(options(new SlowLoader()));
  expect(all.map((batch) => batch.views.length)).toEqual([5, 5, 5, 5, 3]);
  expect(all.flatMap((batch) => [...batch.indices])).toEqual(samples.map((_, i) => i));
  expect(all.flatMap((batch) => [...batch.labels])).toEqual(samples.map(({ label }) => label));
});

test('a given order is kept whatever the timing, and seeds follow the sample', async () => {
  const order = permutation(fork(1, 2), samples.length);
  const loader = new SlowLoader();
  const spec = { kind: 'train', size: 4 } as const;
  const all = await collect(options(loader, { order, spec }));
  expect(all.flatMap((batch) => [...batch.indices])).toEqual([...order]);
  for (const [i, view] of all.flatMap((batch) => batch.views).entries()) {
    expect(view.view).toEqual(makeView(spec, 8, 6, { seed: 1, epoch: 2, index: order[i]! }));
  }
  expect(loader.seeds[0]).toEqual({ seed: 1, epoch: 2, index: order[0] });
});

test('a number beyond the samples is another view of one', async () => {
  const order = Int32Array.of(2, 2 + samples.length, 2 + 2 * samples.length);
  const loader = new SlowLoader();
  const [batch] = await collect(options(loader, { order, spec: { kind: 'train', size: 4 } }));
  expect([...batch!.indices]).toEqual([2, 2, 2]);
  expect([...batch!.labels]).toEqual(Array(3).fill(samples[2]!.label));
  expect(new Set(loader.seeds.map((seed) => seed?.index))).toEqual(new Set(order));
});

test('photos in flight are limited by count and by bytes', async () => {
  const byCount = new SlowLoader();
  await collect(options(byCount));
  expect(byCount.most).toBe(7);
  const photoBytes = 8 * 6 * 4;
  const byBytes = new SlowLoader();
  const generator = batches(options(byBytes, { budgetBytes: 3 * photoBytes, batchSize: 10 }));
  await generator.next();
  const started = byBytes.started;
  expect(started).toBeLessThanOrEqual(10 + 7);
  await generator.next();
  expect(byBytes.started - 20).toBeLessThanOrEqual(3);
  const oneAtATime = new SlowLoader();
  expect(await collect(options(oneAtATime, { budgetBytes: 1, prefetch: 1 }))).toHaveLength(5);
  expect(oneAtATime.most).toBe(1);
});

test('loading goes on across the border of a batch', async () => {
  const loader = new SlowLoader();
  const generator = batches(options(loader));
  await generator.next();
  expect(loader.started).toBeGreaterThan(5);
  await generator.return();
});

test('unreadable photos are told and stepped over', async () => {
  const broken = { '0.jpg': new StudioError('bad-photo', 'empty'), '7.jpg': new StudioError('bad-photo', 'torn') };
  const told: string[] = [];
  const all = await collect(
    options(new SlowLoader(broken), { onUnreadable: (path, reason) => void told.push(`${path}: ${reason}`) }),
  );
  expect(told).toEqual(['0.jpg: empty', '7.jpg: torn']);
  expect(all.map((batch) => batch.views.length)).toEqual([5, 5, 5, 5, 1]);
  expect(all.flatMap((batch) => [...batch.indices])).toEqual(
    [1, 2, 3, 4, 5, 6, ...samples.keys()].filter((v, i) => i < 6 || v > 7),
  );
});

test('any other failure ends the batches, and an abort does with its reason', async () => {
  await expect(collect(options(new SlowLoader({ '3.jpg': new Error('boom') })))).rejects.toThrow('boom');
  const stop = new AbortController();
  const generator = batches(options(new SlowLoader(), { signal: stop.signal }));
  await generator.next();
  stop.abort(new StudioError('stopped', 'stopped by hand'));
  await expect(generator.next()).rejects.toThrow('stopped by hand');
});

test('no samples, no batches', async () => {
  expect(await collect(options(new SlowLoader(), { samples: [] }))).toEqual([]);
});
