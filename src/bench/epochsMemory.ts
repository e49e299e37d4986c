/**
 * `bench -- train --epochs N`: a run of N epochs on the sample in the real page, and the memory of its processes after each. Fails
 * where it grows: the later half of the epochs is held against the earlier, garbage collected before. On a software adapter the
 * GPU's process is told and not judged: SwiftShader keeps a stack of 1 MiB for each of its tasks there.
 */
import { setTimeout as after } from 'node:timers/promises';
import { StudioError } from '../engine/base/errors';
import type { TrainOptions } from './arguments';
import { collectGarbage, openPeoplesStudio, processesOf, startOnSample } from './peoplesBrowser';
import { memoryOf, type ProcessMemory } from './processMemory';
import { head } from './report';
import { significant } from './statistics';

/** Of the earlier half's mean. */
const MOST_GROWTH = 0.05;
const POLL_MS = 100;

export async function benchEpochsMemory(
  o: TrainOptions & { epochs: number },
  args: readonly string[],
): Promise<{ ok: boolean; result: object }> {
  if (o.data !== null) throw new StudioError('bad-config', 'train: --epochs measures on the sample, without --data');
  const { browser, page, report, close } = await openPeoplesStudio();
  try {
    const startedAt = performance.now();
    const { arch, batch, size, epochs } = o;
    await startOnSample(page, { arch, batchSize: batch, trainSize: size, evalCrop: size, epochs });
    const memory: (ProcessMemory | null)[] = [];
    while (memory.length < epochs) {
      await after(POLL_MS);
      const { done, state, failure } = await page.evaluate(() => {
        const { baseline, run, failure: failed } = window.studio.store.getState();
        return { done: baseline?.epochs.length ?? 0, state: run.state, failure: failed?.error.message ?? null };
      });
      if (failure !== null) throw new Error(failure);
      if (memory.length > 0 && state === 'idle' && done < epochs) throw new Error(`the run ended after ${done} epochs`);
      if (memory.length < done) await collectGarbage(page);
      while (memory.length < done) memory.push(memoryOf(await processesOf(browser), 'now'));
    }
    const growth = (process: keyof ProcessMemory): number | null => {
      const resident = memory.map((one) => one?.[process] ?? 0);
      const half = Math.floor(resident.length / 2);
      const earlier = mean(resident.slice(0, half));
      return earlier > 0 ? mean(resident.slice(-half)) / earlier - 1 : null;
    };
    const growths = { page: growth('page'), gpu: growth('gpu') };
    return {
      ok: (report.software ? [growths.page] : Object.values(growths)).every((share) => (share ?? 0) <= MOST_GROWTH),
      result: {
        ...head('train', args, report),
        arch,
        batch,
        size,
        /** After each epoch: the page with its workers, and the GPU's process, which holds the buffers on a software adapter. */
        residentMebibytes: memory,
        growth: { page: shareOf(growths.page), gpu: shareOf(growths.gpu) },
        seconds: significant((performance.now() - startedAt) / 1000),
      },
    };
  } finally {
    await close();
  }
}

const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;

const shareOf = (value: number | null) => (value === null ? null : Number(value.toFixed(4)));
