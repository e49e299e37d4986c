import { afterEach, expect, test, vi } from 'vitest';
import { commit, head, printJudged } from './report';

afterEach(() => vi.unstubAllEnvs());

const adapter = {
  vendor: 'mesa',
  architecture: 'software',
  description: 'llvmpipe: Mesa 25.0.7',
  software: true,
  features: [],
  maxBufferBytes: 1,
  maxBindingBytes: 1,
  subgroupSize: null,
};

test('the head says what ran where', () => {
  vi.stubEnv('BENCH_COMMIT', 'abc');
  expect(head('step', ['step', '--batch', '4'], adapter, new Date(0))).toEqual({
    bench: 'step',
    arguments: ['step', '--batch', '4'],
    adapter,
    driver: 'llvmpipe: Mesa 25.0.7',
    commit: 'abc',
    node: process.version,
    date: '1970-01-01T00:00:00.000Z',
  });
});

test('a packed bench of no commit says so; a working copy asks Git', () => {
  vi.stubEnv('BENCH_COMMIT', '');
  expect(commit()).toBeNull();
  vi.unstubAllEnvs();
  expect(commit() ?? '0000000').toMatch(/^[0-9a-f]{7,40}(-dirty)?$/);
});

test('figures that are more than they may be are named, and fail the bench; what is not known does not', () => {
  const log = vi.spyOn(console, 'log').mockReturnValue();
  const printed = () => JSON.parse(String(log.mock.lastCall![0])) as Record<string, unknown>;
  expect(printJudged({ photos: 2 }, { ms: 101, bytes: 5 }, { ms: 100, bytes: 5 })).toBe(1);
  expect(printed()).toMatchObject({ photos: 2, missed: ['ms: 101 is more than 100'] });
  expect(printJudged({}, { ms: 100, bytes: null }, { ms: 100, bytes: 5 })).toBe(0);
  expect(printed()).toMatchObject({ missed: [] });
});
