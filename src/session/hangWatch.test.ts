import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { RunRecord } from '../engine/base/records';
import { watched } from './hangWatch';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const step = { kind: 'step' } as RunRecord;

/** A record at each of these times, ms after the one before. */
async function* after(...waits: number[]): AsyncGenerator<RunRecord> {
  for (const wait of waits) {
    await new Promise((resolve) => setTimeout(resolve, wait));
    yield step;
  }
}

async function heard(waits: number[], answers: boolean): Promise<{ count: number; hung: number[] }> {
  const hung: number[] = [];
  const answered = () => (answers ? Promise.resolve() : new Promise(() => undefined));
  const records = watched(after(...waits), { now: () => Date.now(), answered, onHung: (ms) => hung.push(ms) });
  let count = 0;
  const all = (async () => {
    for await (const record of records) count += Number(record === step);
  })();
  await vi.runAllTimersAsync();
  await all;
  return { count, hung };
}

test('a GPU that does not answer for long is told of, once a silence', async () => {
  expect(await heard([10, 10, 200_000, 10, 200_000], false)).toEqual({ count: 5, hung: [70_000] });
});

test('one that answers waits for photos, and a slow beginning is none', async () => {
  expect(await heard([10, 200_000, 10], true)).toEqual({ count: 3, hung: [] });
  expect(await heard([500_000, 10], false)).toEqual({ count: 2, hung: [] });
});

test('what is slow throughout is left in peace', async () => {
  expect(await heard([1, 50_000, 300_000, 1], false)).toEqual({ count: 4, hung: [] });
});

test('whoever leaves in the middle ends what is watched', async () => {
  let ended = false;
  async function* endless(): AsyncGenerator<RunRecord> {
    try {
      for (;;) yield await Promise.resolve(step);
    } finally {
      ended = true;
    }
  }
  const answered = () => Promise.resolve();
  for await (const _ of watched(endless(), { now: () => Date.now(), answered, onHung: () => undefined })) break;
  expect(ended).toBe(true);
});
