/** Files of a training, in Node, on a GPU that computes nothing. */
import { expect, test } from 'vitest';
import { readZip } from '../engine/io/zip';
import { openWeightsFile } from '../engine/io/weightsFile';
import { nullWebGpu } from '../hosts/node/nullGpu';
import { EventLog, folderOf, testHost } from '../testing/host';
import { TINY } from '../testing/tiny';

const webgpu = await nullWebGpu();
const { Session } = await import('./session');

test('a training that is over leaves as checkpoints, with its optimiser; without one nothing does', async () => {
  const session = new Session(testHost(webgpu), new EventLog().emit);
  await session.openFiles(folderOf('pets', 12));
  await expect(session.exportFile({ what: 'checkpoint' })).rejects.toMatchObject({ code: 'needs-step' });
  await session.start({ run: 'baseline', config: TINY });
  const { blob, fileName } = await session.exportFile({ what: 'checkpoint' });
  expect(fileName).toBe('checkpoint.zip');
  const entries = await readZip(blob);
  expect([...entries.keys()]).toEqual(['torchvision/checkpoint.pth', 'timm/checkpoint.pth.tar']);
  for (const [path, { open }] of entries) {
    const { tensors, place, metadata } = await openWeightsFile(await open());
    expect(place, path).toBe(path.startsWith('timm') ? 'state_dict' : 'model');
    expect(tensors.has('fc.weight'), path).toBe(true);
    expect(metadata['origin']).toBe('baseline, after epoch 1');
  }
});
