/**
 * `bench -- train`: a run in the real page, in a browser without a window, and the share of wall time in which the adapter
 * stood idle because photos were not ready or the worker had not submitted what comes next.
 */
import { StudioError } from '../engine/base/errors';
import type { Studio } from '../client/studio';
import { attempt, chooseFiles, openStudio, type StudioPage } from '../cli/studioPage';
import type { TrainOptions } from './arguments';
import { engineWorker, injectIntoWorker } from './engineWorker';
import { type IdleProbe, idleShare, installIdleProbe } from './idleProbe';
import { head } from './report';
import { significant } from './statistics';

/** Steps before measuring: compilation, and the first photos. */
const WARM_STEPS = 3;
/** More than there is time for. */
const EPOCHS = 1000;
const POLL_MS = 100;

type WorkerScope = typeof globalThis & { idleProbe: IdleProbe };

export async function benchTrain(o: TrainOptions, args: readonly string[]): Promise<{ ok: boolean; result: object }> {
  const studioPage = await openStudio({ prepare: (page) => injectIntoWorker(page, installIdleProbe) });
  try {
    const { studio, page, adapter } = studioPage;
    const { photos, running } = await startTraining(studioPage, o);
    const failed = running.then(() => {
      throw new StudioError('internal', 'The run ended before it was measured');
    });
    failed.catch(() => undefined);
    const worker = engineWorker(page);
    await Promise.race([untilStep(studioPage, WARM_STEPS), failed]);
    await worker.evaluate(() => (globalThis as WorkerScope).idleProbe.start());
    const startedAt = performance.now();
    const from = await lastStep(studioPage);
    await Promise.race([untilStep(studioPage, from + o.steps), failed]);
    const spans = await worker.evaluate(() => (globalThis as WorkerScope).idleProbe.read());
    const [seconds, steps] = [(performance.now() - startedAt) / 1000, (await lastStep(studioPage)) - from];
    await studio.evaluate((s) => s.stop());
    await running.catch(() => undefined);
    const epochs = await studio.evaluate((s) => s.store.getState().baseline?.epochs.length ?? 0);
    const { wallMs, idleMs, idleShare: share, longestIdleMs, submits } = idleShare(spans);
    return {
      ok: true,
      result: {
        ...head('train', args, adapter),
        photos,
        arch: o.arch,
        batch: o.batch,
        size: o.size,
        idleShare: significant(share),
        idleMs: significant(idleMs),
        wallMs: significant(wallMs),
        longestIdleMs: significant(longestIdleMs),
        submits,
        steps,
        validationsWithin: epochs,
        imagesPerSecond: significant((steps * o.batch) / seconds),
      },
    };
  } finally {
    await studioPage.close();
  }
}

/** Opens the photos and starts a baseline on them that lasts longer than is measured; `running` settles as the run does. */
async function startTraining(studioPage: StudioPage, o: TrainOptions) {
  const { studio } = studioPage;
  const files = o.data === null ? null : await chooseFiles(studioPage, o.data, true);
  await attempt(
    studioPage,
    studio.evaluate((s, chosen) => (chosen ? s.openFiles(chosen) : s.openSample()), files),
  );
  const settings = { arch: o.arch, batchSize: o.batch, trainSize: o.size, evalCrop: o.size, epochs: EPOCHS };
  await studio.evaluate((s, config) => {
    s.applyPreset('quick');
    s.setConfig(config);
  }, settings);
  const photos = await studio.evaluate((s) => s.store.getState().dataset?.trainCount ?? 0);
  const running = attempt(
    studioPage,
    studio.evaluate((s) => s.start('baseline')),
  );
  return { photos, running };
}

const lastStep = ({ studio }: StudioPage) =>
  studio.evaluate((s: Studio) => s.store.getState().baseline?.lastStep?.globalStep ?? 0);

async function untilStep(studioPage: StudioPage, step: number): Promise<void> {
  while ((await Promise.race([lastStep(studioPage), studioPage.died])) < step) {
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
  }
}
