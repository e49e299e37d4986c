import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { RunRecord } from '../engine/base/records';
import type { StudioEvent } from '../protocol/messages';
import { ProgressMeter } from './progress';
import { Runner } from './runner';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const PHASES = [{ phase: 'training', size: 64, images: 64, flops: 64 }] as const;
const step = (globalStep: number): RunRecord => ({
  kind: 'step',
  record: { globalStep, epoch: 1, loss: 1, accuracy: 0 },
  images: 8,
});

test('steps that come home in a burst are told when it is whole, not when the next one begins', async () => {
  let end = () => {};
  const over = new Promise<void>((resolve) => (end = resolve));
  async function* records(): AsyncGenerator<RunRecord> {
    yield { kind: 'phase', phase: 'training', epoch: 1, batches: 8, images: 64, size: 64 };
    for (let i = 1; i <= 4; i++) yield step(i);
    await over;
  }
  const events: StudioEvent[] = [];
  const told: number[] = [];
  const runner = new Runner((event) => events.push(event), performance);
  const meter = new ProgressMeter('baseline', 1, PHASES, {}, () => performance.now());
  runner.begin('baseline');
  const running = runner.consume(records(), meter, (some) => {
    told.push(...some.flatMap((record) => (record.kind === 'step' ? [record.record.globalStep] : [])));
  });
  await vi.advanceTimersByTimeAsync(1000);
  expect(told).toEqual([1, 2, 3, 4]);
  expect(events.findLast(({ kind }) => kind === 'progress')).toMatchObject({ progress: { batch: 4, batches: 8 } });
  end();
  await running;
  const said = events.length;
  await vi.advanceTimersByTimeAsync(1000);
  expect(events.length).toBe(said);
});

test('a pause counts neither as time of the run nor as slowness', async () => {
  const runner = new Runner(() => {}, performance);
  async function* records(): AsyncGenerator<RunRecord> {
    yield { kind: 'phase', phase: 'training', epoch: 1, batches: 8, images: 64, size: 64 };
    for (let i = 1; i <= 8; i++) {
      await new Promise((resolve) => setTimeout(resolve, 1000));
      yield step(i);
    }
  }
  const meter = new ProgressMeter('baseline', 1, PHASES, {}, runner.clock.now);
  runner.begin('baseline');
  const startedAt = runner.clock.now();
  const running = runner.consume(records(), meter, () => {});
  await vi.advanceTimersByTimeAsync(3500);
  runner.pause();
  // The step under way is the last that is pulled.
  await vi.advanceTimersByTimeAsync(60_500);
  expect(runner.clock.now() - startedAt).toBe(4000);
  runner.resume();
  await vi.advanceTimersByTimeAsync(2500);
  expect(meter.report()).toMatchObject({ batch: 6, imagesPerSecond: 8 });
  await vi.advanceTimersByTimeAsync(2000);
  await running;
  expect(runner.clock.now() - startedAt).toBe(8500);
});

test('the end of a run reaches what it has left on its way', () => {
  const runner = new Runner(() => {}, performance);
  const signal = runner.begin('baseline');
  runner.end();
  expect(signal.aborted).toBe(true);
  runner.end();
  expect(runner.begin('sweep').aborted).toBe(false);
});
