/** Our .pth files in PyTorch itself, and back in our own reader. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect, test } from 'vitest';
import { python, pythonHas } from '../../testing/python';
import { storedTensors } from '../../testing/storedTensors';
import { values } from '../../testing/golden/values';
import type { StoredTensor } from './elements';
import { readTorchFile, readTorchMetadata } from './torchFile';
import { writeTorchFile } from './torchSave';
import { readZip } from './zip';
import { writeZip } from './zipWriter';

const bytesOf = (numbers: Float32Array | BigInt64Array) => new Uint8Array(numbers.buffer as ArrayBuffer);
const tensors = new Map<string, StoredTensor>([
  ['conv.weight', { dtype: 'F32', shape: [5, 3, 2, 2], bytes: bytesOf(values('conv', 60)) }],
  ['tracked', { dtype: 'I64', shape: [], bytes: bytesOf(BigInt64Array.from([2n ** 40n + 7n])) }],
  ['einzelstück', { dtype: 'F32', shape: [1], bytes: bytesOf(Float32Array.from([-0])) }],
  ['empty', { dtype: 'F32', shape: [0, 4], bytes: new Uint8Array(0) }],
]);
const file = writeTorchFile(tensors, { classes: '["a"]' });

test('every tensor comes back bit for bit', async () => {
  const back = await storedTensors(await readTorchFile(file));
  expect(back).toEqual(tensors);
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
  const starts = [...tensors.values()]
    .filter(({ bytes }) => bytes.length > 4)
    .map(({ bytes }) => whole.indexOf(Buffer.from(bytes)) % 64);
  expect(starts).toEqual([0, 0]);
  expect(whole.equals(Buffer.from(await writeTorchFile(tensors, { classes: '["a"]' }).arrayBuffer()))).toBe(true);
});

const READ = `
import hashlib, json, sys, torch, zipfile
with zipfile.ZipFile(sys.argv[1]) as z:
    assert z.testzip() is None
    metadata = json.loads(z.read("archive/metadata.json"))
loads = [torch.load(sys.argv[1], weights_only=safe) for safe in (True, False)]
print(json.dumps([metadata] + [
    [[k, str(v.dtype), list(v.shape), v.numpy().tobytes().hex()] for k, v in state.items()] for state in loads
]))`;

test.skipIf(!pythonHas('torch'))(
  'PyTorch reads them, weights alone or not, and zipfile finds the sums right',
  async () => {
    const folder = mkdtempSync(path.join(tmpdir(), 'pth-'));
    try {
      const at = path.join(folder, 'model.pth');
      writeFileSync(at, Buffer.from(await file.arrayBuffer()));
      const [metadata, ...loads] = python(READ, at) as unknown[];
      expect(metadata).toEqual({ classes: '["a"]' });
      const expected = [...tensors].map(([key, { dtype, shape, bytes }]) => [
        key,
        dtype === 'F32' ? 'torch.float32' : 'torch.int64',
        shape,
        Buffer.from(bytes).toString('hex'),
      ]);
      expect(loads).toEqual([expected, expected]);
    } finally {
      rmSync(folder, { recursive: true });
    }
  },
);
