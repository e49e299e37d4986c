/** Our .pth files in our own reader. */
import { expect, test } from 'vitest';
import { ODD_TENSORS, storedTensors } from '../../testing/storedTensors';
import { readTorchFile, readTorchMetadata } from './torchFile';
import { writeTorchFile } from './torchSave';
import { readZip } from './zip';
import { writeZip } from './zipWriter';

const file = writeTorchFile(ODD_TENSORS, { classes: '["a"]' });

test('every tensor comes back bit for bit', async () => {
  const back = await storedTensors(await readTorchFile(file));
  expect(back).toEqual(ODD_TENSORS);
});

test('what is said besides the tensors comes back, and only what is a map of texts', async () => {
  expect(await readTorchMetadata(file)).toEqual({ classes: '["a"]' });
  const said = [
    ['{"classes": ["a"]}', {}],
    ['[]', {}],
    ['{', {}],
    ['{"a": "b"}', { a: 'b' }],
  ] as const;
  for (const [text, expected] of said) {
    const bytes = new TextEncoder().encode(text);
    expect(await readTorchMetadata(writeZip([{ name: 'archive/metadata.json', bytes }])), text).toEqual(expected);
  }
  expect(await readTorchMetadata(writeZip([{ name: 'archive/version', bytes: new Uint8Array(2) }]))).toEqual({});
});

test('storages begin at multiples of 64 bytes, and the same tensors make the same file', async () => {
  const whole = Buffer.from(await file.arrayBuffer());
  const entries = [...(await readZip(file)).keys()];
  expect(entries.at(0)).toBe('archive/data.pkl');
  const starts = [...ODD_TENSORS.values()]
    .filter(({ bytes }) => bytes.length > 4)
    .map(({ bytes }) => whole.indexOf(Buffer.from(bytes)) % 64);
  expect(starts).toEqual([0, 0]);
  expect(whole.equals(Buffer.from(await writeTorchFile(ODD_TENSORS, { classes: '["a"]' }).arrayBuffer()))).toBe(true);
});
