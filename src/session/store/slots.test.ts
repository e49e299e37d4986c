/** Slots under everything that a disk and a killed process can do to them: what is read was written, whole. */
import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { crc32c } from '../../engine/io/crc';
import { MemoryFolder } from '../../testing/memoryFolder';
import { HEADER_BYTES, readHeader } from './slots';
import { SlotPair } from './slotPair';

const MANY = { numRuns: 2000 };
const chunksOf = (payload: Uint8Array) => [payload.subarray(0, 5), payload.subarray(5)];
const shown = (reading: ReturnType<SlotPair['read']>) =>
  reading && { info: reading.info, payload: [...reading.payload] };

async function written(values: readonly Uint8Array[]) {
  const folder = new MemoryFolder();
  const pair = await SlotPair.open(folder, 'run');
  values.forEach((payload, i) => pair.write({ step: i }, chunksOf(payload)));
  return folder;
}
/** With many values. */
const holds = <T>(arbitrary: fc.Arbitrary<T>, check: (value: T) => Promise<void>) =>
  fc.assert(fc.asyncProperty(arbitrary, check), MANY);
const read = async (folder: MemoryFolder) => (await SlotPair.open(folder.reopened(), 'run')).read();

test('the newest of what was written is read, in another process too', async () => {
  const folder = new MemoryFolder();
  const pair = await SlotPair.open(folder, 'run');
  expect(pair.read()).toBeNull();
  for (let step = 1; step <= 5; step++) {
    const sequence = pair.write({ step }, [new Uint8Array([step, step])]);
    expect(shown(await read(folder))).toEqual({ info: { step }, payload: [step, step] });
    expect(pair.read()?.sequence).toBe(sequence);
  }
  // In place: two files, and no more of them than the largest took.
  expect([...folder.contents].map(([name, { byteLength }]) => [name, byteLength])).toEqual([
    ['run.0', HEADER_BYTES + 2],
    ['run.1', HEADER_BYTES + 2],
  ]);
  expect(pair.damages).toEqual([]);
});

test('the power may go at any byte of any write: the one before is there, or this one is', async () => {
  await holds(
    fc.record({
      sizes: fc.array(fc.nat(60), { minLength: 1, maxLength: 6 }),
      share: fc.integer({ min: 0, max: 1000 }),
    }),
    async ({ sizes, share }) => {
      const folder = new MemoryFolder();
      const pair = await SlotPair.open(folder, 'run');
      const payloads = sizes.map((size, i) => new Uint8Array(size).fill(i + 1));
      payloads.slice(0, -1).forEach((payload, step) => pair.write({ step }, [payload]));
      const last = payloads.length - 1;
      folder.budget = Math.round((share / 1000) * (2 * HEADER_BYTES + payloads[last]!.byteLength));
      let whole = true;
      try {
        pair.write({ step: last }, chunksOf(payloads[last]!));
      } catch {
        whole = false;
      }
      const expected = (step: number) => (step < 0 ? null : { info: { step }, payload: [...payloads[step]!] });
      const got = shown(await read(folder));
      // A header may be whole without its last bytes, which are zero.
      if (whole) expect(got).toEqual(expected(last));
      else expect([expected(last - 1), expected(last)]).toContainEqual(got);
    },
  );
});

test('a flipped bit or a cut-off end costs the slot that it is in, and nothing else', async () => {
  const values = [new Uint8Array(40).fill(1), new Uint8Array(70).fill(2)];
  const folder = await written(values);
  const allowed = [null, ...values.map((payload, step) => ({ info: { step }, payload: [...payload] }))];
  await holds(
    fc.record({
      name: fc.constantFrom('run.0', 'run.1'),
      at: fc.nat(HEADER_BYTES + 69),
      bit: fc.nat(7),
      cut: fc.integer({ min: 0, max: 1 }),
    }),
    async ({ name, at, bit, cut }) => {
      const hurt = folder.reopened();
      const bytes = hurt.contents.get(name)!;
      if (cut === 1) hurt.contents.set(name, bytes.slice(0, at));
      else if (at < bytes.byteLength) bytes[at]! ^= 1 << bit;
      const got = shown(await read(hurt));
      // The other is whole, and read where the newer is not.
      expect(allowed.slice(1)).toContainEqual(got);
      if (name === 'run.0') expect(got).toEqual(allowed[2]);
    },
  );
  // Both hurt: nothing, rather than something wrong.
  const both = folder.reopened();
  for (const bytes of both.contents.values()) bytes[HEADER_BYTES + 3]! ^= 4;
  const pair = await SlotPair.open(both, 'run');
  expect(pair.read()).toBeNull();
  expect(pair.damages).toEqual(['run.1: broken payload', 'run.0: broken payload']);
});

test('whatever the bytes, a header is read or refused, without a throw or memory', async () => {
  await holds(
    fc.record({ bytes: fc.uint8Array({ minLength: 0, maxLength: 80 }), magic: fc.integer({ min: 0, max: 1 }) }),
    async ({ bytes, magic }) => {
      const folder = new MemoryFolder();
      const header = new Uint8Array(HEADER_BYTES);
      header.set(bytes);
      if (magic === 1) {
        const view = new DataView(header.buffer);
        view.setBigUint64(0, 0x4b43534552584946n, true);
        view.setUint32(8, 1, true);
        view.setUint32(12, 0, true);
        view.setUint32(12, crc32c(header), true);
      }
      folder.contents.set('run.0', header);
      const file = await folder.open('run.0');
      expect(readHeader(file)).toBeDefined();
      file.close();
      expect((await SlotPair.open(folder, 'run')).read()?.payload.byteLength ?? 0).toBe(0);
    },
  );
});

test('a slot of a later version is left alone, said, and the other one used', async () => {
  const folder = await written([new Uint8Array([1]), new Uint8Array([2])]);
  new DataView(folder.contents.get('run.1')!.buffer).setUint32(8, 2, true);
  const pair = await SlotPair.open(folder.reopened(), 'run');
  expect(shown(pair.read())).toEqual({ info: { step: 0 }, payload: [1] });
  expect(pair.damages).toEqual(['run.1: other-version']);
});

test('the slot in use is not written over, even where the other one is newer', async () => {
  const folder = new MemoryFolder();
  const pair = await SlotPair.open(folder, 'kept');
  const used = pair.write({ step: 1 }, [new Uint8Array([1])]);
  pair.write({ step: 2 }, [new Uint8Array([2])]);
  pair.write({ step: 3 }, [new Uint8Array([3])], used);
  expect(pair.read(({ sequence }) => sequence === used)?.payload).toEqual(new Uint8Array([1]));
  expect(pair.read()?.payload).toEqual(new Uint8Array([3]));
});

test('CRC-32C is the one of RFC 3720, in parts too', () => {
  const bytes = Uint8Array.from({ length: 32 }, (_, i) => i);
  expect(crc32c(bytes)).toBe(0x46dd794e);
  expect(crc32c(new TextEncoder().encode('123456789'))).toBe(0xe3069283);
  for (let cut = 0; cut <= 32; cut++)
    expect(crc32c(bytes.subarray(cut), crc32c(bytes.subarray(0, cut)))).toBe(0x46dd794e);
});
