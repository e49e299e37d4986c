/** Every export in every program that the tests have, beside the engine: `bench -- exports` does the same of whole networks. */
import { beforeAll, expect, test } from 'vitest';
import { nodeBackend } from '../../hosts/node/gpu';
import { differences, findWasm, MOST, type Row } from '../../testing/runtimes';
import { installStock } from '../check/stockResNet';
import { openGpu } from '../gpu/device';

const backend = await nodeBackend();

beforeAll(async () => {
  findWasm();
  installStock(await openGpu(navigator.gpu));
});

test.each(['tiny18', 'tiny18-fastai', 'tiny26', 'tinynext26'] as const)(
  'logits of a %s, exported, are the engine’s at three sizes, photos one at a time and three',
  async (arch) => {
    const rows: Row[] = [];
    for await (const row of differences(backend, arch, false)) rows.push(row);
    expect(rows.map(({ format }) => format)).toEqual(['onnx', 'transformers', 'tfjs', 'tfjs', 'tfjs']);
    for (const row of rows) {
      expect(row.largestLogit, row.runtime).toBeGreaterThan(0.5);
      expect(row.largestDifference, `${row.format} by ${row.runtime}`).toBeLessThan(MOST);
    }
  },
);
