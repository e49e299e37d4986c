/** Files of src/testing/torchFiles, which its script wrote with PyTorch, whole and broken. */
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import type { StudioError } from '../base/errors';
import { storedTensors } from '../../testing/storedTensors';
import { isTorchFile, openTorchFile, readTorchFile } from './torchFile';

const bytesOf = (name: string) =>
  new Uint8Array(readFileSync(new URL(`../../testing/torchFiles/${name}`, import.meta.url)));
const fileOf = (name: string) => new Blob([bytesOf(name)]);

const RAMP = Array.from({ length: 24 }, (_, i) => i / 8 - 1);

async function floatsOf(name: string) {
  const tensors = await storedTensors(await readTorchFile(fileOf(name)));
  return new Map(
    [...tensors].map(([key, { shape, bytes }]) => [key, { shape, values: [...new Float32Array(bytes.buffer)] }]),
  );
}

async function refusal(file: Blob): Promise<StudioError> {
  return readTorchFile(file).then(
    () => {
      throw new Error('The file was read');
    },
    (error: StudioError) => error,
  );
}

test('every floating type becomes F32, whole numbers I64', async () => {
  const tensors = await storedTensors(await readTorchFile(fileOf('dtypes.pth')));
  for (const key of ['float16', 'bfloat16', 'float32', 'float64']) {
    const { dtype, shape, bytes } = tensors.get(key)!;
    expect([dtype, ...shape], key).toEqual(['F32', 2, 3, 4]);
    expect([...new Float32Array(bytes.buffer)], key).toEqual(RAMP);
  }
  const { dtype, shape, bytes } = tensors.get('tracked')!;
  expect([dtype, shape, new BigInt64Array(bytes.buffer)[0]]).toEqual(['I64', [], 7n]);
});

test('strides and shared storages are followed', async () => {
  const read = await floatsOf('layouts.pth');
  const at = (row: number, column: number) => RAMP[row * 6 + column]!;
  const grid = (rows: number[], columns: number[]) => rows.flatMap((row) => columns.map((column) => at(row, column)));
  expect(read.get('shared')).toEqual({ shape: [4, 6], values: RAMP });
  expect(read.get('transposed')).toEqual({
    shape: [6, 4],
    values: [0, 1, 2, 3, 4, 5].flatMap((column) => [0, 1, 2, 3].map((row) => at(row, column))),
  });
  expect(read.get('sliced')).toEqual({ shape: [2, 3], values: grid([1, 2], [2, 3, 4]) });
  expect(read.get('column')).toEqual({ shape: [4], values: grid([0, 1, 2, 3], [1]) });
  expect(read.get('expanded')).toEqual({ shape: [3, 2], values: [-1, -1, -0.875, -0.875, -0.75, -0.75] });
  expect(read.get('parameter')).toEqual({ shape: [4], values: RAMP.slice(0, 4) });
  expect(read.get('filter')).toEqual({ shape: [1, 2, 3, 4], values: RAMP });
});

test('a state dict is found within a checkpoint', async () => {
  const read = await floatsOf('nested.pth');
  expect([...read.keys()]).toEqual(['module._orig_mod.weight', 'module._orig_mod.bias']);
  expect(read.get('module._orig_mod.weight')!.values).toEqual(RAMP);
  expect([...(await floatsOf('with_metadata.pth')).keys()]).toEqual(['weight', 'bias']);
});

test('a state dict is found in a list', async () => {
  const { tensors, place } = await openTorchFile(fileOf('listed.pth'));
  expect([...tensors.keys()]).toEqual(['weight', 'bias']);
  expect(place).toBe('1');
});

test('what training programs keep beside it is passed over, but for the classes’ names', async () => {
  const beside = await openTorchFile(fileOf('beside.pth'));
  expect([...beside.tensors.keys()]).toEqual([0, 1, 2, 3, 4].map((i) => `layer${i}.weight`));
  expect(beside).toMatchObject({ place: 'state_dict', others: [], names: ['wolf', 'dog', 'cat'] });
  expect(await openTorchFile(fileOf('nested.pth'))).toMatchObject({ place: 'model', names: ['a', 'b'] });
});

test.each([
  ['hostile.pth', /names posix\.system, which tensors do not need/],
  ['bomb.pth', /bomb\/data\.pkl is compressed/],
  ['no_tensors.pth', /holds no state dict/],
  ['legacy.pth', /before version 1\.6/],
])('%s is refused by name', async (name, reason) => {
  expect(await isTorchFile(fileOf(name))).toBe(true);
  const error = await refusal(fileOf(name));
  expect(error.code).toBe('bad-weights');
  expect(error.message).toMatch(reason);
});

test('an old file’s refusal says how to convert it', async () => {
  expect((await refusal(fileOf('legacy.pth'))).hint).toContain('torch.save(torch.load(');
});

test('a file that is cut off anywhere is refused', async () => {
  const bytes = bytesOf('dtypes.pth');
  for (let part = 0; part < 16; part++) {
    const error = await refusal(new Blob([bytes.slice(0, Math.floor((bytes.length * part) / 16))]));
    expect(error.code, `${part} of 16`).toBe('bad-weights');
  }
});

test('whatever byte is flipped, the file is read or refused, and nothing else', async () => {
  const bytes = bytesOf('nested.pth');
  for (let at = 0; at < bytes.length; at += 3) {
    const flipped = bytes.slice();
    flipped[at]! ^= 0xff;
    const outcome = await readTorchFile(new Blob([flipped])).then(
      () => 'read',
      (error: StudioError) => error.code,
    );
    expect(['read', 'bad-weights'], `byte ${at}`).toContain(outcome);
  }
});

test('a shape beyond its storage is refused before memory is taken', async () => {
  const bytes = bytesOf('nested.pth');
  // BININT1 24 is the only tensor's length of 24: claim the largest that BININT1 holds.
  const flipped = bytes.slice();
  const at = flipped.findIndex((_, i) => flipped[i] === 0x4b && flipped[i + 1] === 24 && flipped[i + 2] === 0x85);
  expect(at).toBeGreaterThan(0);
  flipped[at + 1] = 255;
  expect((await refusal(new Blob([flipped]))).message).toMatch(
    /weight of shape \[255\] reaches beyond its storage of 24/,
  );
});
