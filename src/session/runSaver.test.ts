/** When a run is saved: at ends, every few minutes, when asked; and never so often that it costs more than a hundredth. */
import { expect, test } from 'vitest';
import type { RunRecord } from '../engine/base/records';
import type { TrainingRun } from '../engine/train/run';
import type { ProjectKeeper } from './keeper';
import { RunSaver } from './runSaver';

const step = { kind: 'step' } as RunRecord;
const epoch = { kind: 'epoch' } as RunRecord;

interface Setting {
  cost?: number;
  full?: boolean;
  earlier?: ConstructorParameters<typeof RunSaver>[4];
}

function saverOn({ cost = 0, full = false, earlier }: Setting = {}) {
  const at = { ms: 0 };
  const written: Parameters<ProjectKeeper['writeRun']>[1][] = [];
  const anew: Parameters<ProjectKeeper['writeRun']>[2][] = [];
  const records: RunRecord[] = [];
  const disk = { full };
  const keeper = {
    appendRecords: (some: readonly RunRecord[]) => {
      if (!disk.full) records.push(...some);
      return !disk.full;
    },
    writeRun: (...[, run, what]: Parameters<ProjectKeeper['writeRun']>) => {
      at.ms += cost;
      written.push(run);
      anew.push(what);
      return true;
    },
  };
  const saver = new RunSaver(keeper, 'id', { now: () => at.ms }, 0, earlier);
  return { saver, at, written, anew, records, disk };
}
const trainingOf = (kept: object, name = 'baseline') =>
  ({
    name,
    kept: { evaluation: { score: name, histogram: { counts: [] } } },
    state: () => Promise.resolve({ name, kept: { state: kept } }),
  }) as unknown as TrainingRun;

test('an epoch’s end is saved, a step after minutes, anything when asked', async () => {
  const { saver, at } = saverOn();
  expect(saver.due(step)).toBe(false);
  expect(saver.due(epoch)).toBe(true);
  at.ms = 3 * 60_000;
  expect(saver.due(step)).toBe(true);
  await saver.save();
  expect(saver.due(step)).toBe(false);
  saver.request();
  expect(saver.due(step)).toBe(true);
});

test('what has cost a second is done again after a hundred', async () => {
  const { saver, at } = saverOn({ cost: 1000 });
  await saver.save();
  at.ms += 99_000;
  expect(saver.due(epoch)).toBe(false);
  at.ms += 1000;
  expect(saver.due(epoch)).toBe(true);
});

test('kept weights are written when they are others', async () => {
  const { saver, anew } = saverOn();
  const [first, second] = [{}, {}];
  saver.follow(trainingOf(first));
  await saver.save();
  await saver.save();
  saver.follow(trainingOf(second));
  await saver.save();
  expect(anew.map(({ kept }) => kept)).toEqual([true, false, true]);
});

test('of several trainings the last is stored, and what those before it have come to', async () => {
  const { saver, written, anew } = saverOn();
  saver.follow(trainingOf({}, 'first'));
  saver.told([step, epoch, { kind: 'row' } as RunRecord]);
  await saver.save();
  saver.follow(trainingOf({}, 'second'));
  saver.told([step]);
  await saver.save();
  expect(written.map(({ training, ended }) => [training?.name, ended.map(({ name }) => name)])).toEqual([
    ['first', []],
    ['second', ['first']],
  ]);
  expect(anew.map(({ measured }) => measured)).toEqual([true, false]);
});

test('what an earlier session left of a training holds until one begins', async () => {
  const earlier = {
    training: { name: 'second' } as never,
    ended: [{ name: 'first', evaluation: {} as never }],
    tested: [],
  };
  const { saver, written } = saverOn({ earlier });
  saver.told([{ kind: 'row' } as RunRecord]);
  await saver.save();
  saver.follow(trainingOf({}, 'second'));
  saver.measuredAs('second, at 32 px', { histogram: { counts: [] } } as never);
  saver.measuredAs('second, at 32 px', { histogram: { counts: [] } } as never);
  await saver.save();
  saver.follow(trainingOf({}, 'third'));
  await saver.save();
  expect(written.map(({ training, ended, tested }) => [training?.name, ended.length, tested.length])).toEqual([
    ['second', 1, 0],
    ['second', 1, 1],
    ['third', 2, 1],
  ]);
});

test('steps that no training has taken are taken again', async () => {
  const { saver, written } = saverOn();
  saver.told([{ kind: 'sweepPoint' } as RunRecord]);
  await saver.save();
  saver.told([step]);
  await saver.save();
  expect(written.map(({ beginsAnew }) => beginsAnew)).toEqual([false, true]);
});

test('records that found no room are kept until they do, and no state is written without them', async () => {
  const { saver, written, records, disk } = saverOn({ full: true });
  saver.told([step]);
  await saver.save();
  expect([records, written]).toEqual([[], []]);
  disk.full = false;
  saver.told([epoch]);
  await saver.save();
  expect(records).toEqual([step, epoch]);
  expect(written).toHaveLength(1);
});
