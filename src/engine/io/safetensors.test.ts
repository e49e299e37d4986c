/** A file that a script of PyTorch's wrote by the format's description (src/testing/torchFiles), whole and broken. */
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import type { StudioError } from '../base/errors';
import { storedTensors } from '../../testing/storedTensors';
import { readSafetensors } from './safetensors';

const bytes = new Uint8Array(readFileSync(new URL('../../testing/torchFiles/dtypes.safetensors', import.meta.url)));
const RAMP = Array.from({ length: 24 }, (_, i) => i / 8 - 1);

/** What becomes of a file: 'read', or the code of what it was refused with. */
const outcome = (file: Blob) =>
  readSafetensors(file).then(
    () => 'read',
    (error: StudioError) => error.code,
  );

test('every floating type becomes F32, whole numbers I64', async () => {
  const tensors = await storedTensors((await readSafetensors(new Blob([bytes]))).tensors);
  for (const key of ['float16', 'bfloat16', 'float32', 'float64']) {
    const tensor = tensors.get(key)!;
    expect([tensor.dtype, ...tensor.shape], key).toEqual(['F32', 2, 3, 4]);
    expect([...new Float32Array(tensor.bytes.buffer)], key).toEqual(RAMP);
  }
  const tracked = tensors.get('tracked')!;
  expect([tracked.dtype, tracked.shape, new BigInt64Array(tracked.bytes.buffer)[0]]).toEqual(['I64', [], 7n]);
});

test('a type that is not read is refused by name, with those that are', async () => {
  const text = new TextDecoder('latin1').decode(bytes).replace('"BF16"', '"F8_E"');
  const file = new Blob([Uint8Array.from(text, (character) => character.charCodeAt(0))]);
  await expect(readSafetensors(file)).rejects.toThrow(
    'bfloat16 has dtype "F8_E"; F16, BF16, F32, F64, BOOL, U8, I8, I16, I32, I64 are understood',
  );
});

test('whatever byte of the header is flipped, the file is read or refused, and nothing else', async () => {
  const header = 8 + Number(new DataView(bytes.buffer).getBigUint64(0, true));
  for (let at = 0; at < header; at++) {
    const flipped = bytes.slice();
    flipped[at]! ^= 0xff;
    expect(['read', 'bad-weights'], `byte ${at}`).toContain(await outcome(new Blob([flipped])));
  }
});

test.each(Array.from({ length: 16 }, (_, i) => i))('cut off at %i sixteenths it is refused', async (part) => {
  expect(await outcome(new Blob([bytes.slice(0, Math.floor((bytes.length * part) / 16))]))).toBe('bad-weights');
});

test.each([
  ['a header of 2^60 bytes', '{}', 2n ** 60n],
  ['a shape beyond all numbers', '{"a":{"dtype":"F32","shape":[9007199254740991,4],"data_offsets":[0,4]}}', null],
  ['a negative shape', '{"a":{"dtype":"F32","shape":[-1],"data_offsets":[0,4]}}', null],
  ['a tensor that ends before it begins', '{"a":{"dtype":"F32","shape":[],"data_offsets":[4,0]}}', null],
  [
    'two tensors in one place',
    '{"a":{"dtype":"F32","shape":[],"data_offsets":[0,4]},"b":{"dtype":"F32","shape":[],"data_offsets":[0,4]}}',
    null,
  ],
  ['a type that every object has', '{"a":{"dtype":"constructor","shape":[],"data_offsets":[0,4]}}', null],
])('%s is refused', async (_, header, claimed) => {
  const length = new DataView(new ArrayBuffer(8));
  length.setBigUint64(0, claimed ?? BigInt(header.length), true);
  expect(await outcome(new Blob([length.buffer, header, new Uint8Array(4)]))).toBe('bad-weights');
});
