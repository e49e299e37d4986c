/** A run's records on one device, from its beginning or from where it was saved: consumed, told and saved. */
import type { RunRecord } from '../engine/base/records';
import type { ExperimentContext } from '../engine/experiments/context';
import { epochsOf, type StudioConfig } from '../engine/experiments/meta';
import { plannedPhases } from '../engine/experiments/plan';
import type { StudioBackend } from '../engine/gpu/backend';
import { FEATURE_BYTES } from '../engine/memory/featureCache';
import type { BatchViewer } from '../engine/train/batchViewer';
import { evaluationOf } from '../engine/train/runState';
import type { StudioEvent } from '../protocol/messages';
import { changesResult, reduceRun, type RunResult } from '../protocol/results';
import { hungSentence } from '../words/gpu';
import type { GpuLink } from './gpuLink';
import { watched } from './hangWatch';
import type { Host } from './host';
import type { ProjectKeeper } from './keeper';
import type { OpenPhotos } from './openPhotos';
import type { PreparedRun, Project } from './project';
import { ProgressMeter, type Rates } from './progress';
import type { Runner } from './runner';
import type { SessionQueue } from './runQueue';
import { RunSaver } from './runSaver';
import { withHeldOut } from './runs';
import { withoutTold } from './toldBefore';
import type { StoredRun } from './store/projectStore';

/** What a run works with; all of it is the session's. */
export interface StepMeans {
  host: Host;
  project: Project;
  photos: OpenPhotos;
  link: GpuLink;
  runner: Runner;
  keeper: ProjectKeeper;
  queue: SessionQueue;
  rates: Rates;
  viewer: BatchViewer;
  emit: (event: StudioEvent) => void;
  tellWeights: () => void;
}

export interface RunAttempt {
  /** As it began. */
  fresh: RunResult;
  saved: StoredRun | null;
  prepared: PreparedRun;
  /** By the run's clock, as if it had never been interrupted. */
  startedAt: number;
  signal: AbortSignal;
}

export const memoryBytesOf = ({ gpuMemory }: Pick<StudioConfig, 'gpuMemory'>) => gpuMemory * 1e9;

/** @throws what the run throws; the GPU's failure behind it, if there was one; the signal's reason. */
export async function attemptRun(means: StepMeans, attempt: RunAttempt): Promise<void> {
  const { host, project, photos, link, runner, rates } = means;
  const { fresh, saved, prepared, startedAt, signal } = attempt;
  const { run, config, id } = fresh;
  const shape = project.specOf(run, config);
  const { records, history } = prepared;
  const backend = await link.connected();
  const saver = new RunSaver(means.keeper, id, runner.clock, startedAt, saved ?? undefined);
  const tell = teller(means, fresh, saver);
  const context: ExperimentContext = {
    ...contextOf(means, attempt, backend, tell),
    loader: photos.loaderFor(config, backend.report),
    signal,
    saved: saved?.training ?? null,
    ended: new Map(
      [...(saved?.ended ?? []), ...(saved?.tested ?? [])].map(({ name, evaluation }) => [
        name,
        evaluationOf(evaluation),
      ]),
    ),
    onMeasured: (name, evaluation) => saver.measuredAs(name, evaluation),
    onTraining: (training) => saver.follow(training),
    keep: (kept) => {
      project.keep(fresh, { arch: shape.arch, history }, kept);
      means.tellWeights();
    },
  };
  const meter = new ProgressMeter(run, epochsOf(run, config), plannedPhases(shape), rates, runner.clock.now);
  meter.goOnAfter((saved?.ended.length ?? 0) * epochsOf(run, config) + (saved?.training?.position.epoch ?? 1) - 1);
  try {
    const chosen = () => project.chosenBy(run, config);
    const all = withHeldOut(records(context), context, { batchSize: config.batchSize, chosen });
    const rest = watched(withoutTold(all, saved?.records ?? []), {
      now: () => host.clock.now(),
      answered: () => backend.gpu.device.queue.onSubmittedWorkDone(),
      onHung: (ms) => means.emit({ kind: 'warning', message: hungSentence(ms / 1000) }),
    });
    await runner.consume(rest, meter, tell, saver);
  } catch (thrown) {
    signal.throwIfAborted();
    throw await backend.gpu.rootCause(thrown);
  } finally {
    await link.saveChoices(backend);
    // Memory of this run's sizes is of no use to the next.
    backend.releasePool();
  }
}

type Tell = (records: readonly RunRecord[]) => void;

/** Folds what changes the result into it, keeps it and says it. */
function teller({ project, emit }: StepMeans, { run, id }: RunResult, saver: RunSaver): Tell {
  return (records) => {
    const told = records.filter(changesResult);
    if (told.length === 0) return;
    saver.told(told);
    project.results[run] = reduceRun(project.results[run]!, told);
    emit({ kind: 'records', id, records: told });
  };
}

function contextOf(
  { project, photos, runner, viewer, emit }: StepMeans,
  { fresh: { config }, saved }: RunAttempt,
  backend: StudioBackend,
  tell: Tell,
): Omit<ExperimentContext, 'loader' | 'signal' | 'keep'> {
  const before = saved?.records ?? [];
  const unreadable = new Set(before.flatMap((record) => (record.kind === 'unreadable' ? [record.path] : [])));
  return {
    backend,
    dataset: project.dataset,
    photoSizes: () => photos.sizes.of(config),
    cache: project.evaluationsOf(config),
    memoryBytes: memoryBytesOf(config),
    featureBytes: FEATURE_BYTES,
    precision: config.precision,
    tuneSeconds: backend.report.software ? 0 : config.tuneSeconds,
    now: runner.clock.now,
    viewer,
    onUnreadable: (path, reason) => {
      if (unreadable.has(path)) return;
      unreadable.add(path);
      tell([{ kind: 'unreadable', path, reason }]);
      emit({ kind: 'warning', message: reason });
    },
  };
}
