/** A session's runs from start to end, in Node, on a GPU that computes nothing: what is told, and what can be done meanwhile. */
import { expect, test } from 'vitest';
import { StudioError } from '../engine/base/errors';
import type { EpochRecord, PairedChange, RunRecord, SweepPoint, TuningGain } from '../engine/base/records';
import type { StudioConfig } from '../engine/experiments/meta';
import { readZip } from '../engine/io/zip';
import type { EvalView } from '../engine/photo/view';
import { nullWebGpu } from '../hosts/node/nullGpu';
import type { StudioEvent } from '../protocol/messages';
import { fragileGpu } from '../testing/fragileGpu';
import { metricsErrors } from '../testing/metricsSchema';
import { REFUSED } from '../testing/memoryFolder';
import { EventLog, folderOf, testHost } from '../testing/host';
import { TINY } from '../testing/tiny';
import type { Host, PhotoDecoder } from './host';

const webgpu = await nullWebGpu();
const { Session } = await import('./session');

const config: StudioConfig = { ...TINY, epochs: 3, sweepMode: 'sizes', sweepSizes: [32, 48] };

async function openSession(changes: Partial<Host> = {}) {
  const log = new EventLog();
  const session = new Session(testHost(webgpu, changes), log.emit);
  await session.openFiles(folderOf('pets', 12));
  return { session, log };
}

/** What photos are opened with, and `before` each is loaded. */
const withLoads = (before: (path: string, loads: number) => void): Partial<Host> => {
  let loads = 0;
  const host = testHost(webgpu);
  return {
    openPhotos(source): PhotoDecoder {
      const decoder = host.openPhotos(source);
      return {
        ...decoder,
        async load(path, ...how) {
          before(path, ++loads);
          return decoder.load(path, ...how);
        },
      };
    },
  };
};

const tells = (what: RunRecord['kind']) => (event: StudioEvent) =>
  event.kind === 'records' && event.records.some(({ kind }) => kind === what);
const isState = (state: string) => (event: StudioEvent) => event.kind === 'runState' && event.state === state;
const recordsIn = (events: readonly StudioEvent[]) =>
  events.flatMap((event) => (event.kind === 'records' ? event.records : []));
const stepsIn = (events: readonly StudioEvent[]) =>
  recordsIn(events).flatMap((record) => (record.kind === 'step' ? [record.record.globalStep] : []));
const ended = (events: readonly StudioEvent[]) => events.findLast((event) => event.kind === 'runEnded');

test('a run is started, told and ended, and its weights can be worked on', async () => {
  const { session, log } = await openSession();
  expect(await session.start({ run: 'baseline', config: { ...config, tuneSeconds: 1 } })).toEqual({ ended: 'done' });
  expect(log.events).toContainEqual(
    expect.objectContaining({ kind: 'progress', progress: expect.objectContaining({ phase: 'tuning' }) }),
  );
  const told = log.kinds().filter((kind) => ['runState', 'runStarted', 'runEnded'].includes(kind));
  expect(told).toEqual(['runState', 'runStarted', 'runEnded', 'runState']);
  const steps = stepsIn(log.events);
  expect(steps).toEqual(steps.map((_, i) => i + 1));
  expect(steps.length % config.epochs).toBe(0);
  expect(ended(log.events)).toMatchObject({ ended: 'done', error: null });
  expect(log.events.findLast(({ kind }) => kind === 'weights')).toMatchObject({ info: { arch: 'tiny10' } });

  expect(await session.start({ run: 'sweep', config })).toEqual({ ended: 'done' });
  const { blob } = await session.exportFile({ what: 'metrics' });
  const { runs } = JSON.parse(await blob.text()) as { runs: Record<string, { epochs: unknown[]; points?: unknown[] }> };
  expect(runs['baseline']!.epochs).toHaveLength(3);
  expect(runs['sweep']!.points).toHaveLength(2);
});

test('how weights were trained and validated is theirs to say, whatever is set afterwards', async () => {
  const { session, log } = await openSession();
  const trained = { trainSize: 32, evalResize: 48, evalCrop: 40 };
  await session.start({ run: 'baseline', config: { ...config, epochs: 1, ...trained } });
  const later: StudioConfig = { ...config, epochs: 1, trainSize: 64, evalResize: 0, evalCrop: 0, filter: 'bicubic' };
  for (const run of ['sweep', 'finetune'] as const) await session.start({ run, config: later });
  const { blob } = await session.exportFile({ what: 'metrics' });
  const { runs } = JSON.parse(await blob.text()) as {
    runs: Record<
      string,
      { config: StudioConfig; epochs: EpochRecord[]; reference: SweepPoint; points: SweepPoint[]; gain: TuningGain }
    >;
  };
  const { baseline, sweep, finetune } = runs;
  for (const { config: used } of [sweep!, finetune!]) expect(used).toMatchObject({ ...trained, filter: 'bicubic' });
  expect(sweep!.reference).toMatchObject({ size: 40, resize: 48 });
  expect(sweep!.points[0]!.size).toBe(32);
  expect(finetune!.gain.ownView?.score).toEqual(baseline!.epochs[0]!.validation);
  const elsewhere = await readZip((await session.trainElsewhere({ config: later })).blob);
  const recipe = JSON.parse(await (await elsewhere.get('recipe.json')!.open()).text()) as {
    config: StudioConfig;
    runs: { run: string; own: EvalView; views: EvalView[] }[];
  };
  expect(recipe.config).toMatchObject({ ...trained, filter: 'bicubic' });
  const { own, views } = recipe.runs.find(({ run }) => run === 'sweep')!;
  expect([own, views[0]!.filter]).toEqual([{ kind: 'eval', resize: 48, crop: 40 }, 'bicubic']);
  const warnings = log.events.flatMap((event) => (event.kind === 'warning' ? [event.message] : []));
  expect(warnings.filter((message) => message.includes('made ready otherwise')).length).toBe(2);
});

test('what is chosen by macro F1 is compared by it, in every measurement and from step to step', async () => {
  const { session } = await openSession();
  for (const run of ['baseline', 'sweep', 'finetune'] as const)
    await session.start({ run, config: { ...config, epochs: 1, selectBy: 'macroF1' } });
  const { blob } = await session.exportFile({ what: 'metrics' });
  const metrics = JSON.parse(await blob.text()) as {
    runs: Record<string, { points: { changed: PairedChange | null }[]; gain: TuningGain }>;
    steps: { changed: PairedChange | null }[];
  };
  expect(metricsErrors(metrics)).toEqual([]);
  const { sweep, finetune } = metrics.runs;
  const changes = [...sweep!.points, ...metrics.steps].flatMap(({ changed }) => changed ?? []);
  expect(changes.length).toBeGreaterThan(1);
  // A GPU that computes nothing names the same class for ever.
  const none = { by: 'macroF1', difference: 0, low: 0, high: 0, p: 1 };
  for (const { metric } of [...changes, finetune!.gain.sameView!.changed]) expect(metric).toEqual(none);
});

test('a fine-tuning keeps its predictions when sizes are measured again on photos that are turned', async () => {
  const { session } = await openSession();
  for (const run of ['baseline', 'sweep', 'finetune'] as const) await session.start({ run, config });
  await session.start({ run: 'sweep', config: { ...config, respectExif: true } });
  expect((await session.answers()).steps.map(({ step }) => step)).toContain('finetune');
});

test('a paused run says nothing more until it is resumed, its numbers go on, and it took no longer', async () => {
  const { session, log } = await openSession();
  const began = performance.now();
  const running = session.start({ run: 'baseline', config });
  await log.next(tells('step'));
  const paused = log.next(isState('paused'));
  await session.pause();
  await paused;
  // What was under way when it was told comes home.
  await new Promise((resolve) => setTimeout(resolve, 100));
  const before = stepsIn(log.events).length;
  await new Promise((resolve) => setTimeout(resolve, 200));
  expect(stepsIn(log.events)).toHaveLength(before);
  await session.resume();
  expect(await running).toEqual({ ended: 'done' });
  const steps = stepsIn(log.events);
  expect(steps.length).toBeGreaterThan(before);
  expect(steps).toEqual(steps.map((_, i) => i + 1));
  const took = (performance.now() - began - 200) / 1000;
  expect(ended(log.events)!.seconds).toBeLessThan(took);
  const epochs = recordsIn(log.events).flatMap((record) => (record.kind === 'epoch' ? [record.record.seconds] : []));
  expect(epochs.reduce((sum, seconds) => sum + seconds, 0)).toBeLessThan(took);
});

test.each(['running', 'paused'] as const)(
  'a run that is %s can be stopped; what was trained is kept',
  async (state) => {
    const { session, log } = await openSession();
    const running = session.start({ run: 'baseline', config: { ...config, epochs: 50 } });
    await log.next(tells('epoch'));
    if (state === 'paused') await session.pause();
    await session.stop();
    expect(await running).toEqual({ ended: 'stopped' });
    expect(ended(log.events)).toMatchObject({ ended: 'stopped', error: null });
    expect(log.events.findLast(({ kind }) => kind === 'weights')).toMatchObject({ info: { arch: 'tiny10' } });
    expect((await session.exportFile({ what: 'weights' })).blob.size).toBeGreaterThan(10_000);
    // There is nothing to stop, pause or resume any more.
    await Promise.all([session.stop(), session.pause(), session.resume()]);
    expect(log.events.findLast(({ kind }) => kind === 'runState')).toMatchObject({ state: 'idle', run: null });
  },
);

test('a run that fails says why, and the next one runs', async () => {
  let breaks = true;
  const { session, log } = await openSession(
    withLoads((_, loads) => {
      if (breaks && loads > 20) throw new StudioError('internal', 'the decoder is gone');
    }),
  );
  const failed = session.start({ run: 'baseline', config });
  await expect(failed).rejects.toMatchObject({ code: 'internal', message: 'the decoder is gone' });
  expect(ended(log.events)).toMatchObject({ ended: 'failed', error: { message: 'the decoder is gone' } });
  breaks = false;
  expect(await session.start({ run: 'baseline', config })).toEqual({ ended: 'done' });
});

test('photos that cannot be read are told once each and left out', async () => {
  const { session, log } = await openSession(
    withLoads((path) => {
      if (path === 'a/1.jpg') throw new StudioError('bad-photo', 'a/1.jpg is torn');
    }),
  );
  expect(await session.start({ run: 'baseline', config })).toEqual({ ended: 'done' });
  expect(log.events.filter(({ kind }) => kind === 'warning')).toEqual([
    { kind: 'warning', message: 'a/1.jpg is torn' },
  ]);
});

test('a run goes on from where it was saved when its device is lost, on another one, and says so', async () => {
  const { gpu, devices } = fragileGpu(webgpu);
  const { session, log } = await openSession({ webgpu: gpu });
  const running = session.start({ run: 'baseline', config: { ...config, epochs: 6 } });
  await log.next(tells('epoch'));
  await session.save();
  await log.next(({ kind }) => kind === 'saved');
  devices[0]!.destroy();
  await log.next(({ kind }) => kind === 'runStarted');
  await log.next(tells('epoch'));
  devices[1]!.destroy();
  expect(await running).toEqual({ ended: 'done' });
  expect(devices).toHaveLength(3);
  expect(log.events.find(({ kind }) => kind === 'deviceLost')).toMatchObject({ error: { code: 'device-lost' } });
  const warnings = log.events.flatMap((event) => (event.kind === 'warning' ? [event.message] : []));
  expect(warnings.filter((message) => message.includes('Another one is asked for'))).toHaveLength(2);
  const { blob } = await session.exportFile({ what: 'metrics' });
  const { runs } = JSON.parse(await blob.text()) as { runs: Record<string, { epochs: { epoch: number }[] }> };
  expect(runs['baseline']!.epochs.map(({ epoch }) => epoch)).toEqual([1, 2, 3, 4, 5, 6]);
});

test('where nothing is kept, a lost device fails the run by name, and the next one gets another device', async () => {
  const { gpu, devices } = fragileGpu(webgpu);
  const { session, log } = await openSession({ webgpu: gpu, projects: REFUSED });
  const running = session.start({ run: 'baseline', config: { ...config, epochs: 50 } });
  running.catch(() => undefined);
  await log.next(tells('step'));
  devices[0]!.destroy();
  await expect(running).rejects.toMatchObject({ code: 'device-lost' });
  expect(ended(log.events)).toMatchObject({ ended: 'failed', error: { code: 'device-lost' } });
  expect(await session.start({ run: 'baseline', config })).toEqual({ ended: 'done' });
  expect(devices).toHaveLength(2);
});

test('a device that is lost again and again ends the run', async () => {
  const { gpu, devices } = fragileGpu(webgpu);
  const { session, log } = await openSession({ webgpu: gpu });
  const running = session.start({ run: 'baseline', config: { ...config, epochs: 50 } });
  running.catch(() => undefined);
  for (let i = 0; i < 6; i++) {
    // The last device's own steps may still be told of.
    do await log.next(tells('step'));
    while (devices.length <= i);
    devices[i]!.destroy();
  }
  await expect(running).rejects.toMatchObject({ code: 'device-lost' });
  expect(devices).toHaveLength(6);
});

test('photos cannot be replaced under a run; those that come after it take its results with them', async () => {
  const { session, log } = await openSession();
  const running = session.start({ run: 'baseline', config });
  await log.next(tells('step'));
  await expect(session.openFiles(folderOf('others'))).rejects.toMatchObject({ code: 'busy' });
  await expect(session.importWeights({ file: new Blob(), name: 'w' })).rejects.toMatchObject({ code: 'busy' });
  await running;
  expect(await session.openFiles(folderOf('others'))).toMatchObject({ name: 'others' });
  expect(log.events.findLast(({ kind }) => kind === 'weights')).toMatchObject({ info: null });
  await expect(session.exportFile({ what: 'weights' })).rejects.toMatchObject({ code: 'needs-step' });
  await expect(session.start({ run: 'sweep', config })).rejects.toMatchObject({ code: 'needs-step' });
});

test('photos of the batch under way are seen while a run goes on, and none without one', async () => {
  const { session, log } = await openSession();
  expect(await session.room.seenPhotos({ count: 2 })).toBeNull();
  const running = session.start({ run: 'baseline', config: { ...config, epochs: 50 } });
  await log.next(isState('running'));
  const seen = await session.room.seenPhotos({ count: 2 });
  expect(seen).toMatchObject({ batchSize: config.batchSize, trainSize: config.trainSize });
  const summary = log.events.find((event) => event.kind === 'dataset')!.summary;
  for (const { size, rgba, label } of seen!.photos) {
    expect(rgba).toHaveLength(4 * size * size);
    expect(summary.classes.map(({ name }) => name)).toContain(label);
  }
  const late = session.room.seenPhotos({ count: 2 });
  await session.stop();
  await running;
  // Of a batch that was still under way, or of none.
  await late;
});
