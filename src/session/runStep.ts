/** One run of a step, from its settings to its end: what it needs checked, its records told, its end said whatever it is. */
import { fromErrorData, toErrorData } from '../engine/base/errors';
import type { RunRecord } from '../engine/base/records';
import type { ExperimentContext } from '../engine/experiments/context';
import { epochsOf, RUNS, startsAnew, type StudioConfig } from '../engine/experiments/meta';
import { plannedPhases, stepSpecOf } from '../engine/experiments/plan';
import type { PlannedPhase, RunSpec } from '../engine/experiments/planning';
import type { StudioBackend } from '../engine/gpu/backend';
import { FEATURE_BYTES } from '../engine/memory/featureCache';
import { outOfMemory, planMemory } from '../engine/memory/memoryPlan';
import type { Commands, StudioEvent } from '../protocol/messages';
import { changesResult, endRun, newRun, reduceRun, type RunResult } from '../protocol/results';
import { refusalError } from '../words/dataset';
import type { GpuLink } from './gpuLink';
import type { Host } from './host';
import type { OpenPhotos } from './openPhotos';
import type { Project } from './project';
import { ProgressMeter, type Rates } from './progress';
import type { Runner } from './runner';
import { withHeldOut } from './runs';

/** What a run works with; all of it is the session's. */
export interface StepMeans {
  host: Host;
  project: Project;
  photos: OpenPhotos;
  link: GpuLink;
  runner: Runner;
  rates: Rates;
  emit: (event: StudioEvent) => void;
  tellWeights: () => void;
}

/** `engine/train/lonePhoto.ts` */
const LONE_PHOTO =
  'The last photo of each epoch is left out: alone in its batch, at so small a size, it gives batch normalisation nothing to go by.';
const leavesOneOut = ({ phase, images }: PlannedPhase, { trainCount, config }: RunSpec): boolean =>
  phase === 'training' && images === trainCount - 1 && config.recipe !== 'fastai';

export const memoryBytesOf = ({ gpuMemory }: Pick<StudioConfig, 'gpuMemory'>) => gpuMemory * 1e9;

/** @throws StudioError as the run fails, or before it starts where something that it needs is missing. */
export async function runStep(
  means: StepMeans,
  { run, config: given }: Commands['start']['ask'],
): Promise<Commands['start']['reply']> {
  const { host, project, photos, link, runner, emit } = means;
  const config = project.configOf(run, given);
  if (project.holdOut(run, config.heldOut)) emit({ kind: 'dataset', summary: project.summary });
  const { refusal } = project.summary;
  if (refusal) throw refusalError(refusal);
  const size = project.sizeOf(run, config);
  const shape = project.specOf(run, config);
  const backend = await link.connected();
  const [demand, memoryBytes] = [stepSpecOf(shape), memoryBytesOf(config)];
  if (!planMemory(backend, demand, memoryBytes)) throw outOfMemory(backend, demand, memoryBytes);
  const { records, note, history } = project.prepare(run, config, size);
  if (note) emit({ kind: 'warning', message: note });
  if (plannedPhases(shape).some((phase) => leavesOneOut(phase, shape))) emit({ kind: 'warning', message: LONE_PHOTO });

  const loader = photos.loaderFor(config, backend.report);
  const signal = runner.begin(run);
  const started = host.clock.now();
  const fresh = newRun({ run, config, size, startedAt: host.clock.date().toISOString() });
  if (run === 'baseline') project.forget(...RUNS.filter((one) => !startsAnew(one)));
  project.results[run] = fresh;
  emit({ kind: 'runStarted', result: fresh });
  means.tellWeights();
  const tell = teller(means, fresh);
  const keep: ExperimentContext['keep'] = (kept) => {
    project.keep(fresh, { arch: shape.arch, history }, kept);
    means.tellWeights();
  };
  const context = { ...contextOf(means, fresh, backend, tell), loader, signal, keep };
  const meter = new ProgressMeter(run, epochsOf(run, config), plannedPhases(shape), means.rates, host.clock.now);
  const sleep = host.stayAwake();
  let ended: 'done' | 'stopped' | 'failed' = 'done';
  let error: RunResult['error'] = null;
  try {
    const chosen = () => project.chosenBy(run, config);
    const all = withHeldOut(records(context), context, { batchSize: config.batchSize, chosen });
    await runner.consume(all, meter, tell);
  } catch (thrown) {
    ended = signal.aborted ? 'stopped' : 'failed';
    if (!signal.aborted) error = toErrorData(await backend.gpu.rootCause(thrown));
  } finally {
    sleep();
    await link.saveChoices(backend);
    // Memory of this run's sizes is of no use to the next.
    backend.releasePool();
  }
  finish(means, fresh, { ended, error, seconds: (host.clock.now() - started) / 1000 });
  if (error) throw fromErrorData(error);
  return { ended: ended === 'done' ? 'done' : 'stopped' };
}

type Tell = (records: readonly RunRecord[]) => void;

/** Folds what changes the result into it, and says it. */
function teller({ project, emit }: StepMeans, { run, id }: RunResult): Tell {
  return (records) => {
    const told = records.filter(changesResult);
    if (told.length === 0) return;
    project.results[run] = reduceRun(project.results[run]!, told);
    emit({ kind: 'records', id, records: told });
  };
}

function contextOf(
  { host, project, photos, emit }: StepMeans,
  { config }: RunResult,
  backend: StudioBackend,
  tell: Tell,
): Omit<ExperimentContext, 'loader' | 'signal' | 'keep'> {
  const unreadable = new Set<string>();
  return {
    backend,
    dataset: project.dataset,
    photoSizes: () => photos.sizes.of(config),
    cache: project.evaluationsOf(config),
    memoryBytes: memoryBytesOf(config),
    featureBytes: FEATURE_BYTES,
    precision: config.precision,
    tuneSeconds: backend.report.software ? 0 : config.tuneSeconds,
    now: host.clock.now,
    onUnreadable: (path, reason) => {
      if (unreadable.has(path)) return;
      unreadable.add(path);
      tell([{ kind: 'unreadable', path, reason }]);
      emit({ kind: 'warning', message: reason });
    },
  };
}

/** Says what became of the smaller copies, and that the run has ended. */
function finish(
  { project, photos, emit, tellWeights }: StepMeans,
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
  emit({ kind: 'runEnded', id, ...end });
  tellWeights();
}
