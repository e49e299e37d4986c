import { expect, test, vi } from 'vitest';
import type { DatasetSummary } from '../engine/dataset/types';
import type { RunId } from '../engine/experiments/meta';
import { NO_COPIES } from '../protocol/photos';
import type { RunResult } from '../protocol/results';
import { datasetSummary, runResult, scoreOf } from '../testing/runs';
import type { Engine, RunStatus } from './engine';
import { watchRun } from './watchRun';

const opened = datasetSummary({
  classes: ['blight', 'rust'].map((name) => ({ name, train: 32, validation: 16, test: 0 })),
});
const heldOut = { score: scoreOf(6, 8), view: { kind: 'eval', resize: 0, crop: 32 } } as const;
const SAID = 'Held-out photos, on which nothing was chosen: 75.0 % (95 % interval 40.9 to 92.9 %).';

/** What is printed of a run that comes to `result` and makes `dataset` of the photos. */
async function printed(run: RunId, result: RunResult, dataset: DatasetSummary): Promise<string[]> {
  const log = vi.spyOn(console, 'log').mockImplementation(() => undefined);
  const before: RunStatus = {
    progress: null,
    result: null,
    steps: { baseline: null, sweep: null, finetune: null },
    dataset: opened,
    warnings: [],
    splitCopies: NO_COPIES,
  };
  let now = before;
  const engine: Pick<Engine, 'status' | 'died'> = {
    status: async () => now,
    died: new Promise<never>(() => undefined),
  };
  await watchRun(engine as Engine, run, async () => {
    now = { ...before, result, steps: { ...before.steps, [run]: result }, dataset };
  });
  const lines = log.mock.calls.map(([line]) => String(line));
  log.mockRestore();
  return lines;
}

test('photos that a run holds out are told as it begins', async () => {
  const split = { ...opened, validationCount: 24, testCount: 8 };
  const lines = await printed('lrFinder', runResult('lrFinder'), split);
  expect(lines[0]).toBe('photos: 64 to train on, 24 to validate on, 8 held out');
  expect((await printed('lrFinder', runResult('lrFinder'), opened)).join('\n')).not.toContain('photos:');
});

test('what held-out photos say is told of every run that measured it, once', async () => {
  const { view } = heldOut;
  const evaluated = runResult('evaluate', { evaluation: { score: scoreOf(18, 24), view }, heldOut });
  expect((await printed('evaluate', evaluated, opened)).at(-1)).toBe(SAID);
  const epochOf = (correct: number): Partial<RunResult> => ({
    epochs: [
      {
        step: 1,
        record: {
          epoch: 1,
          train: scoreOf(30, 64),
          validation: scoreOf(correct, 24),
          best: true,
          seconds: 1,
          imagesPerSecond: 1,
        },
      },
    ],
    heldOut,
  });
  for (const run of ['baseline', 'finetune'] as const)
    for (const correct of [12, 22]) {
      const lines = await printed(run, runResult(run, epochOf(correct)), opened);
      expect(lines.filter((line) => line === SAID)).toHaveLength(1);
    }
});
