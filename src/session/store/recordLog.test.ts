/** A log that only grows: what was said before a moment is there to the letter, or it is said not to be. */
import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { MemoryFolder } from '../../testing/memoryFolder';
import { RecordLog } from './recordLog';

async function logOf(entries: readonly unknown[], folder = new MemoryFolder()) {
  const log = new RecordLog<unknown>(await folder.open('records'));
  const ends = entries.map((entry) => {
    log.append(entry);
    return log.bytes;
  });
  return { folder, log, ends };
}

const reopened = async (folder: MemoryFolder) => new RecordLog<unknown>(await folder.reopened().open('records'));

test('entries before a moment are read, and the next one goes over those after it', async () => {
  const { folder, ends } = await logOf(['one', { two: 2 }, [3]]);
  const log = await reopened(folder);
  expect(log.readUntil(ends[1]!)).toEqual(['one', { two: 2 }]);
  log.append('other');
  expect(log.readUntil(log.bytes)).toEqual(['one', { two: 2 }, 'other']);
  expect((await reopened(folder)).readUntil(0)).toEqual([]);
  expect((await reopened(folder)).readUntil(ends[2]! + 1)).toBeNull();
});

test('a byte that is not as it was, or an end that is missing, is found', async () => {
  const entries = [{ step: 1, loss: 0.5 }, { step: 2, loss: 0.25 }, 'last'];
  const { folder, ends } = await logOf(entries);
  const size = ends.at(-1)!;
  await fc.assert(
    fc.asyncProperty(fc.nat(size - 1), fc.integer({ min: 1, max: 255 }), fc.boolean(), async (at, flip, cut) => {
      const hurt = folder.reopened();
      const bytes = hurt.contents.get('records')!;
      if (cut) hurt.contents.set('records', bytes.slice(0, at));
      else bytes[at]! ^= flip;
      expect((await reopened(hurt)).readUntil(size)).toBeNull();
      const before = ends.filter((end) => end <= at);
      expect((await reopened(hurt)).readUntil(before.at(-1) ?? 0)).toEqual(entries.slice(0, before.length));
    }),
    { numRuns: 2000 },
  );
});

test('an entry that did not fit leaves those before it', async () => {
  const { folder, log, ends } = await logOf(['one']);
  folder.budget = 5;
  expect(() => log.append('two')).toThrow('the power is gone');
  folder.budget = Infinity;
  log.append('three');
  expect((await reopened(folder)).readUntil(log.bytes)).toEqual(['one', 'three']);
  expect(ends).toHaveLength(1);
});
