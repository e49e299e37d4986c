/**
 * `bench -- train --epochs N`: a run of N epochs in the real page, and the memory of its processes after each. Fails where it
 * grows: after the second epoch everything has been needed once.
 */
import { openStudio, type StudioPage } from '../studioPage';
import type { TrainOptions } from './arguments';
import { type ProcessMemory, processMemory } from './processMemory';
import { head } from './report';
import { significant } from './statistics';
import { startTraining } from './train';

/** Of what there is after the second epoch: garbage that has not been collected yet comes and goes. */
const MOST_GROWTH = 0.05;
const POLL_MS = 100;

export async function benchEpochsMemory(
  o: TrainOptions & { epochs: number },
  args: readonly string[],
): Promise<{ ok: boolean; result: object }> {
  const studioPage = await openStudio();
  try {
    const startedAt = performance.now();
    const { photos, running } = await startTraining(studioPage, o, o.epochs);
    const ended = running.then(() => true);
    ended.catch(() => undefined);
    const memory: (ProcessMemory | null)[] = [];
    while (memory.length < o.epochs) {
      const done = await Promise.race([ended, after(POLL_MS)]);
      const epochs = await epochsDone(studioPage);
      while (memory.length < epochs) memory.push(await processMemory(studioPage.browser, 'now'));
      if (done && epochs < o.epochs) throw new Error(`the run ended after ${epochs} epochs`);
    }
    await running;
    const growth = (process: keyof ProcessMemory): number | null => {
      const [, second, ...later] = memory.map((one) => one?.[process] ?? 0);
      return second ? Math.max(...later, second) / second - 1 : null;
    };
    const growths = { page: growth('page'), gpu: growth('gpu') };
    return {
      ok: Object.values(growths).every((share) => share === null || share <= MOST_GROWTH),
      result: {
        ...head('train', args, studioPage.adapter),
        photos,
        arch: o.arch,
        batch: o.batch,
        size: o.size,
        /** After each epoch: the page with its workers, and the GPU's process, which holds the buffers on a software adapter. */
        residentMebibytes: memory,
        /** Of the largest after the second epoch, beside the second. */
        growthSinceSecondEpoch: { page: shareOf(growths.page), gpu: shareOf(growths.gpu) },
        seconds: significant((performance.now() - startedAt) / 1000),
      },
    };
  } finally {
    await studioPage.close();
  }
}

const shareOf = (value: number | null) => (value === null ? null : Number(value.toFixed(4)));

const epochsDone = ({ studio }: StudioPage) => studio.evaluate((s) => s.store.getState().baseline?.epochs.length ?? 0);

const after = (ms: number) => new Promise<false>((resolve) => setTimeout(() => resolve(false), ms));
