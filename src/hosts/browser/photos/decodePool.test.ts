import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { FileSource } from '../../../engine/dataset/types';
import { DecodePool } from './decodePool';
import type { JobMessage } from './jobs';

/** Decoders that answer when they are told to. */
class FakeWorker extends EventTarget {
  static readonly all: FakeWorker[] = [];
  readonly jobs: JobMessage[] = [];

  constructor() {
    super();
    FakeWorker.all.push(this);
  }

  postMessage(job: JobMessage) {
    this.jobs.push(job);
  }

  answer() {
    const { id } = this.jobs.shift()!;
    this.dispatchEvent(new MessageEvent('message', { data: { id, view: {}, times: {} } }));
  }

  terminate() {}
}

beforeEach(() => {
  FakeWorker.all.length = 0;
  vi.stubGlobal('Worker', FakeWorker);
});
afterEach(() => void vi.unstubAllGlobals());

const turn = () => new Promise((resolve) => setTimeout(resolve));

function sourceOf(read: string[]): FileSource {
  return {
    name: 'photos',
    paths: [],
    read: (path) => {
      read.push(path);
      return Promise.resolve(new Blob([path]));
    },
  };
}

const SPEC = { kind: 'eval', resize: 0, crop: 32 } as const;

test('a stopped run’s photos leave the queue: the next run’s are not behind them', async () => {
  const read: string[] = [];
  const pool = new DecodePool(sourceOf(read), { workers: 2 });
  const run = new AbortController();
  const stale = Array.from({ length: 128 }, (_, i) => pool.load(`old ${i}`, SPEC, null, run.signal));
  const outcomes = Promise.allSettled(stale);
  await turn();
  run.abort(new Error('stopped'));
  const ends = await outcomes;
  expect(ends.every((end) => end.status === 'rejected' && (end.reason as Error).message === 'stopped')).toBe(true);

  const next = pool.load('new', SPEC, null, new AbortController().signal);
  // Two jobs a worker were with the decoders already; of the others none is read or decoded.
  for (let i = 0; i < 2; i++) for (const worker of FakeWorker.all) worker.answer();
  await turn();
  expect(read).toEqual(['old 0', 'old 1', 'old 2', 'old 3', 'new']);
  for (const worker of FakeWorker.all) while (worker.jobs.length > 0) worker.answer();
  await expect(next).resolves.toBeDefined();
  pool.dispose();
});

test('a photo that is read when the run stops is not decoded, and what the page shows is not dropped', async () => {
  const read: string[] = [];
  const pool = new DecodePool(sourceOf(read), { workers: 1 });
  const run = new AbortController();
  const stale = pool.load('old', SPEC, null, run.signal);
  run.abort(new Error('stopped'));
  await expect(stale).rejects.toThrow('stopped');
  await expect(pool.load('later', SPEC, null, run.signal)).rejects.toThrow('stopped');
  const shown = pool.load('shown', SPEC, null, new AbortController().signal);
  await turn();
  expect(FakeWorker.all.flatMap(({ jobs }) => jobs)).toHaveLength(1);
  FakeWorker.all[0]!.answer();
  await expect(shown).resolves.toBeDefined();
  pool.dispose();
});
