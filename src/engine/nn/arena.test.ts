import { expect, test } from 'vitest';
import { DryRun } from '../gpu/dryRun';
import type { AdapterReport } from '../gpu/report';
import { allocateArenas, contiguousRuns, slicesOf } from './arena';

const MIB = 2 ** 20;
const binding = (maxBindingBytes: number, maxBufferBytes = 4 * 2 ** 30) =>
  new DryRun({ report: { maxBindingBytes, maxBufferBytes } as AdapterReport });

const floats = (key: string, bytes: number) => ({ key, shape: [bytes / 4] });
const SPECS = ['a', 'b', 'c', 'd', 'e'].map((key) => floats(key, 3 * MIB));
const keysOf = (arenas: ReturnType<typeof allocateArenas>) => arenas.map(({ slices }) => [...slices.keys()].join(''));

test('what can be bound at once is one buffer, and else as few as can be', () => {
  expect(keysOf(allocateArenas(binding(15 * MIB), SPECS))).toEqual(['abcde']);
  expect(keysOf(allocateArenas(binding(15 * MIB - 4), SPECS))).toEqual(['abcd', 'e']);
  expect(keysOf(allocateArenas(binding(8 * MIB), SPECS))).toEqual(['ab', 'cd', 'e']);
  expect(keysOf(allocateArenas(binding(8 * MIB, 4 * MIB), SPECS))).toEqual(['a', 'b', 'c', 'd', 'e']);
  expect(allocateArenas(binding(MIB), [])).toEqual([]);
});

test('a tensor that is too large by itself is refused by name', () => {
  expect(() => allocateArenas(binding(2 * MIB), [floats('z', MIB), ...SPECS])).toThrow(
    'a of shape [786432] takes 3 MiB; this GPU binds at most 2 MiB at once',
  );
});

test('neighbours are one run, but never across buffers', () => {
  const runsOf = (dry: DryRun, keys: string, most: number) => {
    const slices = slicesOf(allocateArenas(dry, SPECS));
    return contiguousRuns(new Map(keys.split('').map((key) => [key, slices.get(key)!])), most);
  };
  const joined = (...given: Parameters<typeof runsOf>) => runsOf(...given).map(({ keys }) => keys.join(''));
  expect(joined(binding(15 * MIB), 'abcde', 15 * MIB)).toEqual(['abcde']);
  expect(joined(binding(15 * MIB), 'edba', 15 * MIB)).toEqual(['ab', 'de']);
  expect(joined(binding(15 * MIB), 'abcde', 6 * MIB)).toEqual(['ab', 'cd', 'e']);
  // Places in two buffers may look like neighbours.
  expect(joined(binding(6 * MIB), 'abcde', 6 * MIB)).toEqual(['ab', 'cd', 'e']);
  expect(joined(binding(9 * MIB), 'cd', 9 * MIB)).toEqual(['c', 'd']);
  expect(joined(binding(9 * MIB), 'ade', 9 * MIB)).toEqual(['a', 'de']);
  const [first, second] = runsOf(binding(9 * MIB), 'cd', 9 * MIB);
  expect(first!.whole.dataId).not.toBe(second!.whole.dataId);
  expect([first!.whole.offset, second!.whole.offset]).toEqual([6 * MIB, 0]);
});
