/**
 * `bench -- train --epochs N`: a run of N epochs in the real page, and the memory of its processes after each. Fails where it
 * grows: the later half of the epochs is held against the earlier, garbage collected before.
 */
import { openStudio, type StudioPage } from '../cli/studioPage';
import type { TrainOptions } from './arguments';
import { type ProcessMemory, processMemory } from './processMemory';
import { head } from './report';
import { significant } from './statistics';
import { startTraining } from './train';

/** Of the earlier half's mean. */
const MOST_GROWTH = 0.05;
const POLL_MS = 100;
/** What collecting garbage in all threads takes at most. */
const COLLECTING_MS = 1000;

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
      if (memory.length < epochs) await collectGarbage(studioPage);
      while (memory.length < epochs) memory.push(await processMemory(studioPage.browser, 'now'));
      if (done && epochs < o.epochs) throw new Error(`the run ended after ${epochs} epochs`);
    }
    await running;
    const growth = (process: keyof ProcessMemory): number | null => {
      const resident = memory.map((one) => one?.[process] ?? 0);
      const half = Math.floor(resident.length / 2);
      const earlier = mean(resident.slice(0, half));
      return earlier > 0 ? mean(resident.slice(-half)) / earlier - 1 : null;
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
        growth: { page: shareOf(growths.page), gpu: shareOf(growths.gpu) },
        seconds: significant((performance.now() - startedAt) / 1000),
      },
    };
  } finally {
    await studioPage.close();
  }
}

/** In the page and its workers: what a thread has thrown away may lie about for epochs, a network's weights for one. */
async function collectGarbage({ page }: StudioPage): Promise<void> {
  const session = await page.context().newCDPSession(page);
  const method = 'HeapProfiler.collectGarbage';
  session.on('Target.attachedToTarget', ({ sessionId }) => {
    void session.send('Target.sendMessageToTarget', { sessionId, message: JSON.stringify({ id: 1, method }) });
  });
  await session.send('Target.setAutoAttach', { autoAttach: true, waitForDebuggerOnStart: false, flatten: false });
  await session.send(method);
  await after(COLLECTING_MS);
  await session.detach();
}

const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;

const shareOf = (value: number | null) => (value === null ? null : Number(value.toFixed(4)));

const epochsDone = ({ studio }: StudioPage) => studio.evaluate((s) => s.store.getState().baseline?.epochs.length ?? 0);

const after = (ms: number) => new Promise<false>((resolve) => setTimeout(() => resolve(false), ms));
