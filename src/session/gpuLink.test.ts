import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { testHost } from '../testing/host';
import type { AdapterReport } from '../engine/gpu/report';
import { GpuLink } from './gpuLink';
import { lossesAt, noteLoss } from './lossNotes';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

/** A browser that gives no adapter, as Chrome after the second loss in two minutes. */
function blocked() {
  const asked: number[] = [];
  const requestAdapter = () => (asked.push(Date.now()), Promise.resolve(null));
  const host = testHost({ requestAdapter } as unknown as GPU, {
    clock: { now: () => Date.now(), date: () => new Date() },
  });
  const awaited: (string | null)[] = [];
  const link = new GpuLink(
    host,
    () => undefined,
    (until) => awaited.push(until),
  );
  return { link, asked, awaited };
}

test('a GPU that is kept back is asked for every five seconds for two minutes, and it is said until when', async () => {
  const { link, asked, awaited } = blocked();
  const began = Date.now();
  const came = link.reconnected(new AbortController().signal).catch((error: unknown) => error);
  await vi.runAllTimersAsync();
  expect(await came).toMatchObject({ code: 'no-adapter' });
  expect(awaited).toEqual([new Date(began + 130_000).toISOString(), null]);
  const waits = asked.slice(1).map((at, i) => at - asked[i]!);
  expect(new Set(waits)).toEqual(new Set([5000]));
  expect(asked.length).toBeLessThan(30);
});

test('who stops the run waits no longer', async () => {
  const { link, awaited } = blocked();
  const stop = new AbortController();
  const came = link.reconnected(stop.signal).catch((error: unknown) => error);
  await vi.advanceTimersByTimeAsync(7000);
  stop.abort(new Error('stopped'));
  expect(await came).toMatchObject({ message: 'stopped' });
  expect(awaited.at(-1)).toBeNull();
});

test('losses are counted by adapter and size of the step', async () => {
  const { values } = testHost(undefined);
  const report = { vendor: 'a', architecture: 'b', description: 'c', subgroupSize: null } as AdapterReport;
  const step = { arch: 'resnet50', rows: 64, size: 224, training: null } as const;
  expect(await lossesAt(values, report, step)).toBe(0);
  for (let i = 0; i < 2; i++) await noteLoss(values, report, step);
  expect(await lossesAt(values, report, step)).toBe(2);
  expect(await lossesAt(values, report, { ...step, rows: 32 })).toBe(0);
  expect(await lossesAt(values, { ...report, vendor: 'another' }, step)).toBe(0);
});
