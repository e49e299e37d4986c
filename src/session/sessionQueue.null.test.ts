/** Runs one after the other in a session, on a GPU that computes nothing: in their order, changed meanwhile, through a kill. */
import { expect, test } from 'vitest';
import type { RunId, StudioConfig } from '../engine/experiments/meta';
import { nullWebGpu } from '../hosts/node/nullGpu';
import type { StudioEvent } from '../protocol/messages';
import { EventLog, folderOf, leftIn, testHost } from '../testing/host';
import { MemoryFolder } from '../testing/memoryFolder';
import { onlyProject } from './store/onlyProject';
import { metricsErrors } from '../testing/metricsSchema';
import { TINY } from '../testing/tiny';

const webgpu = await nullWebGpu();
const { Session } = await import('./session');

const config: StudioConfig = {
  ...TINY,
  batchSize: 8,
  tuneEpochs: 1,
  sweepMode: 'sizes',
  sweepSizes: [32],
  tuneSize: 32,
};
const STEPS: readonly RunId[] = ['baseline', 'sweep', 'finetune'];

async function openSession(folder = new MemoryFolder(), again?: string) {
  const log = new EventLog();
  const session = new Session(testHost(webgpu, { projects: onlyProject(folder.asOnly) }), log.emit);
  await session.openFiles({ ...folderOf('pets', 4), ...(again !== undefined && { again }) });
  return { session, log };
}

const startsIn = ({ events }: EventLog) =>
  events.flatMap((event) => (event.kind === 'runStarted' ? [[event.result.run, event.result.config.seed]] : []));
const queueIn = ({ events }: EventLog) => {
  const told = events.findLast((event) => event.kind === 'queue');
  return told?.kind === 'queue' ? told : null;
};
const starts = (run: RunId) => (event: StudioEvent) => event.kind === 'runStarted' && event.result.run === run;

test('steps with two seeds go through in their order, and their figures are laid together', async () => {
  const { session, log } = await openSession();
  await session.enqueue({ runs: STEPS, config, seeds: 2 });
  expect(queueIn(log)!.queue.runs.map(({ run, config: { seed } }) => [run, seed])).toEqual([
    ...STEPS.map((run) => [run, 42]),
    ...STEPS.map((run) => [run, 43]),
  ]);
  expect(await session.runQueue()).toEqual({ ended: 'done' });
  expect(startsIn(log)).toEqual([...STEPS.map((run) => [run, 42]), ...STEPS.map((run) => [run, 43])]);
  const { queue, seeds } = queueIn(log)!;
  expect(queue).toEqual({ runs: [], going: false });
  expect(seeds!.done.map(({ run, seed }) => [run, seed])).toEqual(startsIn(log));
  const { blob } = await session.exportFile({ what: 'metrics' });
  const metrics = JSON.parse(await blob.text()) as {
    seeds: { seeds: number[]; measures: { name: string }[]; charts: { run: string; id: string }[] };
  };
  // Elsewhere the figures of this GPU are nonsense.
  expect(metricsErrors(metrics).filter((error) => error.startsWith('/seeds'))).toEqual([]);
  expect(metrics.seeds.seeds).toEqual([42, 43]);
  expect(metrics.seeds.measures.map(({ name }) => name)).toContain('Fine-tuned over the baseline');
  const charts = metrics.seeds.charts.map(({ run, id }) => `${run} ${id}`);
  expect(charts).toEqual(expect.arrayContaining(['baseline accuracy', 'sweep classes', 'finetune calibration']));
  await expect(session.runQueue()).rejects.toMatchObject({ code: 'needs-step' });
});

test('what stands on a stopped run does not count for its seed', async () => {
  const { session, log } = await openSession();
  await session.enqueue({ runs: ['baseline', 'sweep'], config: { ...config, epochs: 50 }, seeds: 2 });
  const going = session.runQueue();
  await log.next((event) => event.kind === 'records' && event.records.some(({ kind }) => kind === 'epoch'));
  await session.stop();
  expect(await going).toEqual({ ended: 'stopped' });
  const waiting = queueIn(log)!.queue.runs;
  expect(waiting.map(({ run, uncounted, config: { seed } }) => [run, seed, uncounted ?? false])).toEqual([
    ['sweep', 42, true],
    ['baseline', 43, false],
    ['sweep', 43, false],
  ]);
  await session.runQueue({ most: 1 });
  expect(queueIn(log)!.seeds).toBeNull();
});

test('while it goes on runs are added, put in another order and dropped; a stop leaves the rest', async () => {
  const { session, log } = await openSession();
  await session.enqueue({ runs: STEPS, config, seeds: 1 });
  const going = session.runQueue();
  await log.next(starts('baseline'));
  await session.enqueue({ runs: ['framing', 'evaluate'], config, seeds: 1 });
  const { runs } = queueIn(log)!.queue;
  expect(runs.map(({ begun }) => begun !== null)).toEqual([true, false, false, false, false]);
  const [first, sweep, , framing, evaluate] = runs.map(({ id }) => id);
  // What has begun stays first, whatever is said of it; the fine-tuning is dropped; nothing comes twice.
  await session.arrangeQueue({ ids: [evaluate!, sweep!, first!, sweep!, framing!, 99] });
  await log.next(starts('sweep'));
  await session.stop();
  expect(await going).toEqual({ ended: 'stopped' });
  expect(startsIn(log).map(([run]) => run)).toEqual(['baseline', 'evaluate', 'sweep']);
  expect(queueIn(log)!.queue.runs.map(({ run }) => run)).toEqual(['framing']);
  expect(await session.runQueue({ most: 5 })).toEqual({ ended: 'done' });
  expect(startsIn(log).at(-1)![0]).toBe('framing');
});

test('the runs of a seed keep together and in their order, and what stands on a dropped baseline goes with it', async () => {
  const { session, log } = await openSession();
  await session.enqueue({ runs: ['baseline', 'sweep', 'trainTest'], config, seeds: 3 });
  await session.enqueue({ runs: ['evaluate'], config, seeds: 1 });
  const shown = () => queueIn(log)!.queue.runs.map(({ run, config: { seed } }) => `${run} ${seed}`);
  const ids = new Map(queueIn(log)!.queue.runs.map(({ id }, i) => [shown()[i]!, id]));
  // The first seed without its sweep, the second turned round, the third without its baseline.
  const order = [
    'sweep 43',
    'evaluate 42',
    'trainTest 42',
    'sweep 44',
    'baseline 42',
    'trainTest 44',
    'trainTest 43',
    'baseline 43',
  ];
  await session.arrangeQueue({ ids: order.map((one) => ids.get(one)!) });
  expect(shown()).toEqual([
    'baseline 43',
    'sweep 43',
    'trainTest 43',
    'evaluate 42',
    'baseline 42',
    'trainTest 42',
    'trainTest 44',
  ]);
});

test('a fine-tuning at the best size goes with the dropped sweep of its seed, and the rest is gone through', async () => {
  const { session, log } = await openSession();
  await session.enqueue({ runs: STEPS, config: { ...config, tuneSize: 0 }, seeds: 3 });
  const going = session.runQueue();
  await log.next(starts('baseline'));
  const drop = (run: RunId, seed: number) => {
    const waiting = queueIn(log)!.queue.runs.filter((one) => one.run !== run || one.config.seed !== seed);
    return session.arrangeQueue({ ids: waiting.map(({ id }) => id) });
  };
  await drop('sweep', 43);
  await drop('sweep', 42);
  expect(await going).toEqual({ ended: 'done' });
  expect(startsIn(log)).toEqual([['baseline', 42], ['baseline', 43], ...STEPS.map((run) => [run, 44])]);
});

test('a fine-tuning at a size of its own stays without its sweep', async () => {
  const { session, log } = await openSession();
  await session.enqueue({ runs: STEPS, config, seeds: 2 });
  const ids = queueIn(log)!.queue.runs.flatMap(({ id, run }) => (run === 'sweep' ? [] : [id]));
  await session.arrangeQueue({ ids });
  expect(queueIn(log)!.queue.runs.map(({ run }) => run)).toEqual(['baseline', 'finetune', 'baseline', 'finetune']);
});

test('what stands on weights that its baseline has made is gone through before anything else', async () => {
  const { session, log } = await openSession();
  await session.enqueue({ runs: ['baseline', 'sweep'], config, seeds: 2 });
  const ids = queueIn(log)!.queue.runs.map(({ id }) => id);
  await session.runQueue({ most: 1 });
  await session.arrangeQueue({ ids: [ids[2]!, ids[3]!, ids[1]!] });
  await session.runQueue();
  expect(startsIn(log)).toEqual(['baseline', 'sweep', 'baseline', 'sweep'].map((run, i) => [run, 42 + (i >> 1)]));
});

test('a run that fails before it begins stays queued, and no later one is taken for it', async () => {
  const { session, log } = await openSession();
  await session.enqueue({ runs: ['sweep', 'baseline'], config, seeds: 1 });
  await expect(session.runQueue()).rejects.toMatchObject({ code: 'needs-step' });
  expect(queueIn(log)!.queue).toMatchObject({ going: false, runs: [{ run: 'sweep' }, { run: 'baseline' }] });
  await session.start({ run: 'baseline', config });
  expect(queueIn(log)!.queue.runs.map(({ run, begun }) => [run, begun])).toEqual([
    ['sweep', null],
    ['baseline', null],
  ]);
});

test('what was queued survives its process: the run that was interrupted goes on, and the rest after it', async () => {
  const folder = new MemoryFolder();
  const first = await openSession(folder);
  await first.session.enqueue({ runs: ['baseline', 'sweep'], config, seeds: 2 });
  const going = first.session.runQueue();
  await first.log.next(starts('sweep'));
  await first.log.next((event) => event.kind === 'records');
  // The process is killed here: what another one finds on disk.
  const left = folder.reopened();
  await going;

  const kept = await leftIn(new Session(testHost(webgpu, { projects: onlyProject(left.asOnly) }), () => undefined));
  expect(kept).toMatchObject({ running: { run: 'sweep' }, queued: 2 });
  const second = await openSession(left.reopened(), 'only');
  expect(queueIn(second.log)!.queue.runs.map(({ run, begun }) => [run, begun !== null])).toEqual([
    ['sweep', true],
    ['baseline', false],
    ['sweep', false],
  ]);
  expect(await second.session.goOn()).toEqual({ ended: 'done' });
  const { queue, seeds } = queueIn(second.log)!;
  expect(queue.runs).toEqual([]);
  expect(seeds!.done.map(({ run, seed }) => [run, seed])).toEqual([
    ['baseline', 42],
    ['sweep', 42],
    ['baseline', 43],
    ['sweep', 43],
  ]);
});

test('the plan of a queue is that of its runs, once a seed', async () => {
  const { session } = await openSession();
  const one = await session.planQueue({ runs: ['baseline'], config, seeds: 1, flopsPerSecond: 1e9 });
  const all = await session.planQueue({ runs: STEPS, config, seeds: 3, flopsPerSecond: 1e9 });
  const step = await session.plan({ run: 'baseline', config, flopsPerSecond: 1e9 });
  expect(one).toMatchObject({ seconds: step.seconds, memoryBytes: step.memoryBytes, refusal: null });
  expect(all.images).toBeGreaterThan(3 * one.images);
  expect(all.memoryBytes).toBe(one.memoryBytes);
});
