/** Accuracy by apparent size in a session, on a GPU that computes nothing: from headers, and from what the source knows. */
import { expect, test } from 'vitest';
import type { StudioConfig } from '../engine/experiments/meta';
import { nullWebGpu } from '../hosts/node/nullGpu';
import { metricsErrors } from '../testing/metricsSchema';
import { EventLog, folderOf, testHost } from '../testing/host';
import { TINY } from '../testing/tiny';

const webgpu = await nullWebGpu();
const { Session } = await import('./session');

const config: StudioConfig = { ...TINY, batchSize: 8, sweepMode: 'sizes', sweepSizes: [32, 64] };

test('every measured size has its photos, by their headers', async () => {
  const session = new Session(testHost(webgpu), new EventLog().emit);
  await session.openFiles(folderOf('pets', 40));
  expect(await session.apparentAccuracy()).toBeNull();
  await session.start({ run: 'baseline', config });
  await session.start({ run: 'sweep', config });
  const apparent = (await session.apparentAccuracy())!;
  const validation = 16;
  expect(apparent).toMatchObject({ known: false, photos: validation });
  // All photos are 44 x 38 px: one bin each, the larger view twice as large.
  const ratios = apparent.views.map(({ size, bins }) => [size, bins.length, bins[0]!.count]);
  expect(ratios).toContainEqual([64, 1, validation]);
  const of = (size: number) => apparent.views.findLast((view) => view.size === size)!.bins[0]!.ratio;
  expect(of(64) / of(32)).toBeCloseTo(2, 0);
  const { blob } = await session.exportFile({ what: 'metrics' });
  const metrics = JSON.parse(await blob.text()) as { apparentAccuracy: unknown };
  expect(metrics.apparentAccuracy).toEqual(apparent);
  expect(metricsErrors(metrics).filter((error) => error.startsWith('/apparent'))).toEqual([]);
  const report = await session.exportFile({ what: 'report' });
  expect(await report.blob.text()).toContain('Accuracy by apparent size');
});
