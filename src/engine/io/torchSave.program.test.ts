/** Our .pth files in PyTorch itself. Skipped by name without Debian's python3-torch. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect, test } from 'vitest';
import { python, pythonHas } from '../../testing/python';
import { ODD_TENSORS } from '../../testing/storedTensors';
import { writeTorchFile } from './torchSave';

const file = writeTorchFile(ODD_TENSORS, { classes: '["a"]' });

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
      const expected = [...ODD_TENSORS].map(([key, { dtype, shape, bytes }]) => [
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
