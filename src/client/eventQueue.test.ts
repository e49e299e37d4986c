import { afterEach, expect, test, vi } from 'vitest';
import type { StudioEvent } from '../protocol/messages';
import { createEventQueue } from './eventQueue';

afterEach(() => void vi.useRealTimers());

const warning = (message: string): StudioEvent => ({ kind: 'warning', message });
const progress = { kind: 'progress', progress: { batch: 1 } } as unknown as StudioEvent;

test('what comes a file at a time waits, what a run says does not, and their order stays', () => {
  vi.useFakeTimers();
  const applied: (readonly StudioEvent[])[] = [];
  const { push, flush } = createEventQueue((events) => applied.push(events));
  push(progress);
  expect(applied).toEqual([[progress]]);
  push(warning('a'));
  push({ kind: 'listing', files: 3 });
  expect(applied).toHaveLength(1);
  push(progress);
  expect(applied[1]).toEqual([warning('a'), { kind: 'listing', files: 3 }, progress]);
  push(warning('b'));
  vi.advanceTimersByTime(399);
  expect(applied).toHaveLength(2);
  vi.advanceTimersByTime(1);
  expect(applied[2]).toEqual([warning('b')]);
  flush();
  vi.advanceTimersByTime(1000);
  expect(applied).toHaveLength(3);
});
