import { expect, test } from 'vitest';
import { fork } from '../base/rng';
import { ALIGNMENT, type Allocation, Slabs } from './slabs';

const MIB = 2 ** 20;

function newSlabs(maxBufferBytes = 1024 * MIB) {
  const destroyed: number[] = [];
  const slabs = new Slabs<{ bytes: number }>(
    (bytes) => ({ bytes }),
    ({ bytes }) => destroyed.push(bytes),
    maxBufferBytes,
  );
  return { slabs, destroyed };
}

test('no two allocations overlap, and everything comes back, whatever the order', () => {
  const { slabs } = newSlabs();
  const rng = fork(7);
  const live = new Set<Allocation<unknown>>();
  for (let i = 0; i < 3000; i++) {
    if (live.size > 0 && rng.uniform() < 0.45) {
      const gone = [...live][Math.floor(rng.uniform() * live.size)]!;
      slabs.release(gone as Allocation<{ bytes: number }>);
      live.delete(gone);
    } else {
      const bytes = Math.ceil(rng.uniform() ** 4 * 8 * MIB);
      const made = slabs.allocate(bytes);
      expect(made.start % ALIGNMENT).toBe(0);
      expect(made.end - made.start).toBeGreaterThanOrEqual(bytes);
      expect(made.end).toBeLessThanOrEqual(made.slab.bytes);
      const overlaps = (other: Allocation<unknown>) =>
        other.slab === made.slab && other.end > made.start && made.end > other.start;
      expect([...live].filter(overlaps)).toEqual([]);
      live.add(made);
    }
    const used = [...live].reduce((sum, { start, end }) => sum + end - start, 0);
    expect(slabs.usedBytes).toBe(used);
  }
  for (const gone of live) slabs.release(gone as Allocation<{ bytes: number }>);
  expect(slabs.usedBytes).toBe(0);
  slabs.trim();
  expect(slabs.allocatedBytes).toBe(0);
});

test('freed neighbours join: what fitted in parts fits as a whole', () => {
  const { slabs } = newSlabs();
  const parts = [2, 2, 2].map((mib) => slabs.allocate(mib * MIB));
  for (const i of [0, 2, 1]) slabs.release(parts[i]!);
  const before = slabs.allocatedBytes;
  slabs.allocate(6 * MIB);
  expect(slabs.allocatedBytes).toBe(before);
});

test('a tensor larger than any slab gets one of its own, and trimming keeps what is in use', () => {
  const { slabs, destroyed } = newSlabs();
  const small = slabs.allocate(100);
  const large = slabs.allocate(900 * MIB);
  expect(large.slab.bytes).toBe(900 * MIB);
  slabs.release(large);
  slabs.trim();
  expect(destroyed).toEqual([900 * MIB]);
  slabs.release(small);
  slabs.trim();
  expect(destroyed).toEqual([900 * MIB, 2 * MIB]);
  expect(slabs.peakBytes).toBe(902 * MIB);
});

test('slabs are no larger than the adapter’s buffers', () => {
  const { slabs } = newSlabs(4 * MIB);
  expect(slabs.allocate(MIB).slab.bytes).toBe(4 * MIB);
});

test('what is read together with a tensor lies in other slabs, small tensors in their own', () => {
  const { slabs } = newSlabs();
  const read = slabs.allocate(MIB);
  const written = slabs.allocate(MIB, new Set([read.slab]));
  expect(written.slab).not.toBe(read.slab);
  expect(slabs.allocate(MIB, new Set([written.slab])).slab).toBe(read.slab);
  const statistics = slabs.allocate(1000);
  expect([read.slab, written.slab]).not.toContain(statistics.slab);
  expect(slabs.allocate(1000, new Set([statistics.slab])).slab).toBe(statistics.slab);
});

test('where memory would be wasted on keeping tensors apart, they share', () => {
  const { slabs } = newSlabs();
  const apart = new Set(Array.from({ length: 4 }, () => slabs.allocate(9 * MIB).slab));
  const before = slabs.allocatedBytes;
  for (const slab of apart) slabs.release({ slab, start: 0, end: 9 * MIB });
  slabs.allocate(MIB, apart);
  expect(slabs.allocatedBytes).toBe(before);
});
