/** When a run is saved: at ends, every few minutes, when asked; and never so often that it costs more than a hundredth. */
import { expect, test } from 'vitest';
import type { RunRecord } from '../engine/base/records';
import type { TrainingRun } from '../engine/train/run';
import type { RunState } from '../engine/train/runState';
import { RunSaver } from './runSaver';

const step = { kind: 'step' } as RunRecord;
const epoch = { kind: 'epoch' } as RunRecord;

function saverOn({ cost = 0, full = false } = {}) {
  const at = { ms: 0 };
  const written: { training: RunState | null; keptAnew: boolean }[] = [];
  const records: RunRecord[] = [];
  const disk = { full };
  const keeper = {
    appendRecords: (some: readonly RunRecord[]) => {
      if (!disk.full) records.push(...some);
      return !disk.full;
    },
    writeRun: (_: string, { training }: { training: RunState | null }, keptAnew: boolean) => {
      at.ms += cost;
      written.push({ training, keptAnew });
      return true;
    },
  };
  const saver = new RunSaver(keeper, 'id', { now: () => at.ms, date: () => new Date(0) }, 0);
  return { saver, at, written, records, disk };
}
const trainingOf = (kept: object) =>
  ({ state: () => Promise.resolve({ kept: { state: kept } }) }) as unknown as TrainingRun;

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
  const { saver, written } = saverOn();
  const [first, second] = [{}, {}];
  saver.follow(trainingOf(first));
  await saver.save();
  await saver.save();
  expect(written.map(({ keptAnew }) => keptAnew)).toEqual([true, false]);
  const other = saverOn();
  other.saver.follow(trainingOf(first));
  await other.saver.save();
  other.saver.follow(trainingOf(second));
  // Of the second training alone nothing goes on.
  await other.saver.save();
  expect(other.written.at(-1)).toEqual({ training: null, keptAnew: true });
});

test('a run that has said more than a training says begins again', async () => {
  const { saver, written } = saverOn();
  saver.follow(trainingOf({}));
  saver.told([step, epoch]);
  await saver.save();
  expect(written.at(-1)?.training).not.toBeNull();
  saver.told([{ kind: 'row' } as RunRecord]);
  await saver.save();
  expect(written.at(-1)?.training).toBeNull();
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
