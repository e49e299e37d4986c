/** Plain data as a file and back: to the bit, or not at all. */
import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { readSafetensors } from '../../engine/io/safetensors';
import { readPlain, writePlain } from './plainFile';

function fileOf(value: unknown): Uint8Array<ArrayBuffer> {
  const chunks = writePlain(value);
  const bytes = new Uint8Array(chunks.reduce((sum, { byteLength }) => sum + byteLength, 0));
  let at = 0;
  for (const chunk of chunks) {
    bytes.set(chunk, at);
    at += chunk.byteLength;
  }
  return bytes;
}

const arrays = fc.oneof(
  fc.float32Array({ maxLength: 9 }),
  fc.float64Array({ maxLength: 5 }),
  fc.int32Array({ maxLength: 5 }),
  fc.uint32Array({ maxLength: 5 }),
  fc.uint8Array({ maxLength: 5 }),
);
const { plain } = fc.letrec<{ plain: unknown }>((tie) => ({
  plain: fc.oneof(
    { maxDepth: 4 },
    fc.string(),
    fc.double(),
    fc.constantFrom(null, true, false, -0, NaN, Infinity),
    arrays,
    fc.array(tie('plain'), { maxLength: 3 }),
    fc.array(fc.tuple(fc.oneof(fc.string(), fc.integer()), tie('plain')), { maxLength: 3 }).map((all) => new Map(all)),
    fc.dictionary(
      fc.string().filter((key) => key !== '$' && key !== '__proto__'),
      tie('plain'),
      { maxKeys: 3, noNullPrototype: true },
    ),
  ),
}));

test('what is written is read, whatever it is', () => {
  fc.assert(
    fc.property(plain, (value) => {
      expect(readPlain(fileOf({ value }))).toEqual({ value });
    }),
    { numRuns: 3000 },
  );
});

test('any reader of safetensors finds the tensors, by names that say what they are', async () => {
  const values = new Float32Array([1, 2, 3, 4, 5, 6]);
  const state = {
    network: { tensors: new Map([['conv.weight', { shape: [2, 3], values }]]) },
    moments: [new Map([['conv.weight', new Float32Array([7])]])],
  };
  const { tensors } = await readSafetensors(new Blob([fileOf(state)]));
  expect([...tensors].map(([name, { dtype, shape }]) => [name, dtype, shape])).toEqual([
    ['network.tensors.conv.weight', 'F32', [2, 3]],
    ['moments.0.conv.weight', 'F32', [1]],
  ]);
  const read = await tensors.get('network.tensors.conv.weight')!.read();
  expect([...new Float32Array(read.buffer)]).toEqual([...values]);
});

test('what is no plain data is refused by its place, before anything is written', () => {
  expect(() => writePlain({ a: { b: () => 1 } })).toThrow('a.b is a function');
  expect(() => writePlain({ a: new Date() })).toThrow('a is no plain object');
  expect(() => writePlain({ a: { $: 1 } })).toThrow('a has a key "$"');
  expect(() => writePlain({ a: new BigInt64Array(1) })).toThrow('BigInt64Array');
});

test('broken bytes are refused: nothing hangs, and nothing is taken that is not there', () => {
  const whole = fileOf({ a: new Float32Array(9), b: new Map([['c', [1, NaN]]]), d: 'text' });
  fc.assert(
    fc.property(fc.nat(whole.byteLength - 1), fc.nat(255), fc.boolean(), (at, byte, cut) => {
      const bytes = cut ? whole.slice(0, at) : whole.slice();
      if (!cut) bytes[at] = byte;
      try {
        readPlain(bytes);
      } catch (error) {
        expect(error).toBeInstanceOf(Error);
      }
    }),
    { numRuns: 10_000 },
  );
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
      expect(() => readPlain(new Uint8Array(bytes))).toThrow(Error);
    }),
    { numRuns: 10_000 },
  );
  const nested = `${'['.repeat(1000)}${']'.repeat(1000)}`;
  const header = new TextEncoder().encode(JSON.stringify({ __metadata__: { fixres_tree: nested } }));
  const bytes = new Uint8Array(8 + header.byteLength);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(header.byteLength), true);
  bytes.set(header, 8);
  expect(() => readPlain(bytes)).toThrow('too deeply');
});
