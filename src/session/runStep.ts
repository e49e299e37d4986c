/** One run of a step, from its settings to its end: what it needs checked, its records told, its end said whatever it is. */
import { fromErrorData, StudioError, toErrorData } from '../engine/base/errors';
import { RUNS, startsAnew, type StudioConfig } from '../engine/experiments/meta';
import { plannedPhases, stepSpecOf } from '../engine/experiments/plan';
import type { PlannedPhase, RunSpec } from '../engine/experiments/planning';
import { storeKey } from '../engine/memory/kernelTuning';
import { outOfMemory, planMemory } from '../engine/memory/memoryPlan';
import type { Commands } from '../protocol/messages';
import { endRun, newRun, reduceRun, type RunResult } from '../protocol/results';
import { attemptRun, memoryBytesOf, type RunAttempt, type StepMeans } from './runAttempt';
import { lossesAt, noteLoss } from './lossNotes';
import type { StoredRun } from './store/projectStore';
import { lostSentence, UNSAFE_LOSSES, unsafeSentence } from '../words/gpu';
import { goingOnSentence, movedSentence } from '../words/saving';

/** `engine/train/lonePhoto.ts` */
const LONE_PHOTO =
  'The last photo of each epoch is left out: alone in its batch, at so small a size, it gives batch normalisation nothing to go by.';
const leavesOneOut = ({ phase, images }: PlannedPhase, { trainCount, config }: RunSpec): boolean =>
  phase === 'training' && images === trainCount - 1 && config.recipe !== 'fastai';

/** @throws StudioError as the run fails, or before it starts where something that it needs is missing. */
export async function runStep(
  means: StepMeans,
  { run, config: given }: Commands['start']['ask'],
): Promise<Commands['start']['reply']> {
  const { host, project, emit } = means;
  const config = project.configOf(run, given);
  if (project.holdOut(run, config.heldOut)) emit({ kind: 'dataset', summary: project.summary });
  const { refusal } = project.summary;
  if (refusal) throw (await import('../words/dataset')).refusalError(refusal);
  const size = project.sizeOf(run, config);
  await checkMemory(means, run, config);
  const prepared = project.prepare(run, config, size);
  if (prepared.note) emit({ kind: 'warning', message: prepared.note });
  const shape = project.specOf(run, config);
  if (plannedPhases(shape).some((phase) => leavesOneOut(phase, shape))) emit({ kind: 'warning', message: LONE_PHOTO });
  const fresh = newRun({ run, config, size, startedAt: host.clock.date().toISOString() });
  if (run === 'baseline') project.forget(...RUNS.filter((one) => !startsAnew(one)));
  means.queue.begun(fresh);
  await means.keeper.runBegins(fresh);
  return goThrough(means, fresh, { saved: null, prepared });
}

/**
 * The run that an earlier session did not end, from where it was saved.
 * @throws StudioError `needs-step` where there is none.
 */
export async function goOn(means: StepMeans): Promise<Commands['start']['reply']> {
  const fresh = means.keeper.unfinished;
  if (!fresh) throw new StudioError('needs-step', 'No run was interrupted', 'Start one.');
  const saved = means.keeper.readRun(fresh.id);
  await checkMemory(means, fresh.run, fresh.config);
  await tellMoved(means, saved);
  const prepared = means.project.prepare(fresh.run, fresh.config, fresh.size);
  return goThrough(means, fresh, { saved, prepared });
}

/** Says so where a training goes on elsewhere than it was saved: its state is exact there, and its arithmetic may be another. */
async function tellMoved({ host, link, emit }: StepMeans, saved: StoredRun | null): Promise<void> {
  if (!saved?.training) return;
  const { report } = await link.connected();
  const by = saved.by !== undefined && saved.by !== host.about ? saved.by : null;
  if (by !== null || saved.training.kernels.adapter !== storeKey(report))
    emit({ kind: 'warning', message: movedSentence(by) });
}

async function checkMemory(
  { host, project, link, emit }: StepMeans,
  run: RunResult['run'],
  config: StudioConfig,
): Promise<void> {
  const backend = await link.connected();
  const [demand, memoryBytes] = [stepSpecOf(project.specOf(run, config)), memoryBytesOf(config)];
  if (!planMemory(backend, demand, memoryBytes)) throw outOfMemory(backend, demand, memoryBytes);
  const losses = await lossesAt(host.values, backend.report, demand);
  if (losses >= UNSAFE_LOSSES) emit({ kind: 'warning', message: unsafeSentence(losses) });
}

/** From its beginning or from where it was saved to its end. */
async function goThrough(
  means: StepMeans,
  fresh: RunResult,
  { saved, prepared }: Pick<RunAttempt, 'saved' | 'prepared'>,
): Promise<Commands['start']['reply']> {
  const { host, keeper, runner } = means;
  const signal = runner.begin(fresh.run);
  const startedAt = runner.clock.now() - 1000 * (saved?.seconds ?? 0);
  beginOrGoOn(means, fresh, saved);
  const sleep = host.stayAwake();
  let ended: 'done' | 'stopped' | 'failed' = 'done';
  let error: RunResult['error'] = null;
  try {
    await throughLosses(means, { fresh, saved, prepared, startedAt, signal });
  } catch (thrown) {
    ended = signal.aborted ? 'stopped' : 'failed';
    if (!signal.aborted) error = toErrorData(thrown);
  } finally {
    sleep();
  }
  finish(means, fresh, { ended, error, seconds: (runner.clock.now() - startedAt) / 1000 });
  await keeper.runEnds(fresh.run);
  if (error) throw fromErrorData(error);
  return { ended: ended === 'done' ? 'done' : 'stopped' };
}

/** Devices that a run may lose: more of them say that it will lose any. */
const MOST_LOSSES = 5;

/**
 * Goes on on another device, from where the run was saved, when one is lost. Where nothing is saved the loss ends the run,
 * which keeps its best weights.
 */
async function throughLosses(means: StepMeans, attempt: RunAttempt): Promise<void> {
  const { host, keeper, link, project, emit } = means;
  const { fresh, signal } = attempt;
  let { saved, prepared } = attempt;
  for (let losses = 1; ; losses++) {
    try {
      return await attemptRun(means, { ...attempt, saved, prepared });
    } catch (thrown) {
      const lost = thrown instanceof StudioError && thrown.code === 'device-lost';
      if (!lost || signal.aborted || losses > MOST_LOSSES || !keeper.keeps) throw thrown;
      emit({ kind: 'warning', message: lostSentence(thrown.message) });
    }
    if (link.adapter) await noteLoss(host.values, link.adapter, stepSpecOf(project.specOf(fresh.run, fresh.config)));
    await link.reconnected(signal);
    saved = keeper.readRun(fresh.id);
    prepared = project.prepare(fresh.run, fresh.config, fresh.size);
    beginOrGoOn(means, fresh, saved ?? NOTHING_SAVED);
  }
}

const NOTHING_SAVED: StoredRun = { seconds: 0, training: null, ended: [], tested: [], records: [] };

/** The result as it was saved, or empty; said. */
function beginOrGoOn({ project, emit, tellWeights }: StepMeans, fresh: RunResult, saved: StoredRun | null): void {
  const result = reduceRun(fresh, saved?.records ?? []);
  project.results[fresh.run] = result;
  emit({ kind: 'runStarted', result });
  if (saved) {
    const { training, ended, records } = saved;
    const epoch = training?.position.epoch ?? 0;
    const message = goingOnSentence({ epoch, trained: ended.length, measured: records.length > 0 });
    emit({ kind: 'warning', message });
  }
  tellWeights();
}

/** Says what became of the smaller copies, and that the run has ended. */
function finish(
  { project, photos, queue, emit, tellWeights }: StepMeans,
  { run, id, config }: RunResult,
  how: { ended: 'done' | 'stopped' | 'failed'; error: RunResult['error']; seconds: number },
): void {
  const copies = photos.copies.useOf(config);
  if (copies?.failure) {
    const message = `Not all smaller copies could be kept (${copies.failure}): they were made anew, and the results are the same.`;
    emit({ kind: 'warning', message });
  }
  const end = { ...how, copies };
  project.results[run] = endRun(project.results[run]!, end);
  if (run === 'sweep') project.measureTrunk(config);
  queue.ended(project.results[run]);
  emit({ kind: 'runEnded', id, ...end });
  tellWeights();
}
