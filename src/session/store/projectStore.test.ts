/** A project on a disk that may go at any byte: what is read belongs together, of before or of after. */
import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import type { RunRecord } from '../../engine/base/records';
import { RUN_STATE_VERSION, type RunState } from '../../engine/train/runState';
import { MemoryFolder } from '../../testing/memoryFolder';
import type { Manifest } from '../manifest';
import type { ProjectState } from './projectIndex';
import { ProjectStore, type StoredEvaluations, type StoredWeights } from './projectStore';

const MANIFEST: Manifest = { name: 'pets', classes: ['a'], photos: { train: [], validation: [], test: [] }, sizes: [] };
const NO_EVALUATIONS: StoredEvaluations = { pixels: '', of: {} };
const ID = 'baseline now';

/** Everything that it says is of one moment. */
const stateAt = (moment: number) =>
  ({ savedAt: `${moment}`, ended: [], running: { id: ID } }) as unknown as ProjectState;
const weightsAt = (moment: number) =>
  ({ arch: 'tiny18', state: { values: new Float32Array(20).fill(moment) } }) as unknown as StoredWeights;
const record = (moment: number): RunRecord => ({ kind: 'unreadable', path: `${moment}`, reason: '' });
const ENDED = [{ name: 'first', evaluation: { score: { loss: 1 } } as never }];
const runAt = (seconds: number, training: RunState) => ({
  seconds,
  training,
  ended: ENDED,
  tested: [],
  beginsAnew: false,
});
const trainingAt = (moment: number, keptAt: number) =>
  ({
    version: RUN_STATE_VERSION,
    position: { epoch: moment },
    network: new Float32Array(30).fill(moment),
    kept: { origin: `${keptAt}`, state: new Float32Array(10).fill(keptAt) },
  }) as unknown as RunState;

function writeProject(store: ProjectStore, moment: number): void {
  store.writePart('manifest', MANIFEST);
  store.writePart('baseline', weightsAt(moment));
  store.writePart('evaluations', NO_EVALUATIONS);
  store.writeIndex(stateAt(moment));
}

/** Every second epoch is the best so far. */
function trainOn(store: ProjectStore, epochs: number): void {
  for (let epoch = 1; epoch <= epochs; epoch++) {
    store.appendRecords([record(epoch)]);
    const kept = epoch - (epoch % 2);
    store.writeRun(ID, runAt(epoch, trainingAt(epoch, kept)), epoch % 2 === 0 || epoch === 1);
  }
}

function expectWhole(store: ProjectStore, epochsSaved: (epoch: number) => boolean): void {
  const run = store.readRun(ID);
  const epoch = run?.seconds ?? 0;
  expect(epochsSaved(epoch)).toBe(true);
  if (!run) return;
  const { training } = run;
  expect(run.records).toEqual(Array.from({ length: epoch }, (_, i) => record(i + 1)));
  expect(training).toEqual(trainingAt(epoch, epoch - (epoch % 2)));
}

test('a project and its run are read as they were written last', async () => {
  const folder = new MemoryFolder();
  const store = await ProjectStore.open(folder);
  expect(store.read()).toBeNull();
  writeProject(store, 1);
  writeProject(store, 2);
  store.beginLog();
  trainOn(store, 5);
  const next = await ProjectStore.open(folder.reopened());
  expect(next.read()).toMatchObject({ state: { savedAt: '2' }, weights: { baseline: weightsAt(2) } });
  expect(next.runInfo(ID)).toEqual({ epoch: 5, trained: 1, measured: true });
  expectWhole(next, (epoch) => epoch === 5);
  expect(next.readRun('another')).toBeNull();
  expect(next.damages).toEqual([]);
  // It goes on from there, over the records that came after.
  next.appendRecords([record(6)]);
  next.writeRun(ID, runAt(6, trainingAt(6, 6)), true);
  expectWhole(await ProjectStore.open(folder.reopened()), (epoch) => epoch === 5);
});

test('the power may go at any byte: the project is of before or of after, the run of an epoch that was saved', async () => {
  await fc.assert(
    fc.asyncProperty(fc.integer({ min: 0, max: 60_000 }), fc.boolean(), async (budget, inRun) => {
      const folder = new MemoryFolder();
      const store = await ProjectStore.open(folder);
      writeProject(store, 1);
      store.beginLog();
      trainOn(store, 2);
      folder.budget = budget;
      let done = 2;
      try {
        if (inRun) {
          for (let epoch = 3; epoch <= 6; epoch++, done++) {
            store.appendRecords([record(epoch)]);
            store.writeRun(ID, runAt(epoch, trainingAt(epoch, epoch - (epoch % 2))), epoch % 2 === 0);
          }
        } else {
          writeProject(store, 2);
        }
      } catch {
        // The power is gone.
      }
      const next = await ProjectStore.open(folder.reopened());
      const project = next.read();
      const moment = Number(project?.state.savedAt);
      expect([1, 2]).toContain(moment);
      expect(project?.weights.baseline).toEqual(weightsAt(moment));
      // A header without its last zeros is whole, too.
      expectWhole(next, (epoch) => epoch === done || epoch === done + 1);
    }),
    { numRuns: 400 },
  );
});

test('a crash after a crash costs no more than the last epoch: what the run names is never written over', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(fc.integer({ min: 0, max: 14_000 }), { minLength: 1, maxLength: 4 }), async (budgets) => {
      let folder = new MemoryFolder();
      let store = await ProjectStore.open(folder);
      writeProject(store, 1);
      store.beginLog();
      trainOn(store, 2);
      let epoch = 2;
      for (const budget of budgets) {
        folder = folder.reopened();
        store = await ProjectStore.open(folder);
        store.read();
        const run = store.readRun(ID);
        expect(run!.seconds).toBeGreaterThanOrEqual(epoch);
        epoch = run!.seconds;
        folder.budget = budget;
        try {
          store.appendRecords([record(epoch + 1)]);
          const next = epoch + 1;
          store.writeRun(ID, runAt(next, trainingAt(next, next - (next % 2))), next % 2 === 0);
          epoch = next;
        } catch {
          // The power is gone.
        }
      }
      expectWhole(await ProjectStore.open(folder.reopened()), (saved) => saved === epoch || saved === epoch + 1);
    }),
    { numRuns: 300 },
  );
});

test('a broken log or missing weights have the state before them used, or none', async () => {
  const folder = new MemoryFolder();
  const store = await ProjectStore.open(folder);
  writeProject(store, 1);
  store.beginLog();
  trainOn(store, 4);
  const hurt = folder.reopened();
  const log = hurt.contents.get('records')!;
  log[log.byteLength - 3]! ^= 1;
  expectWhole(await ProjectStore.open(hurt), (epoch) => epoch === 3);
  const lost = folder.reopened();
  for (const name of ['kept.0', 'kept.1']) lost.contents.get(name)![4100]! ^= 1;
  expect((await ProjectStore.open(lost)).readRun(ID)).toBeNull();
});
