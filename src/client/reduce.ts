/** One worker event → the next state. Pure: nothing of the old state is changed. */
import { type ExperimentId, EXPERIMENTS, isExperiment, RUNS, startsAnew } from '../engine/experiments/meta';
import type { StudioEvent } from '../protocol/messages';
import { NO_COPIES } from '../protocol/photos';
import { endRun, reduceRun, type RunResult } from '../protocol/results';
import { NO_CHANGES } from './photoDraft';
import { ALL_PHOTOS } from './photoFilter';
import { type Failure, NO_RESULTS, type StudioState } from './state';

const WARNINGS_KEPT = 200;

type EventOf<K extends StudioEvent['kind']> = Extract<StudioEvent, { kind: K }>;

export function reduce(state: StudioState, event: StudioEvent): StudioState {
  switch (event.kind) {
    case 'project':
      return { ...state, project: event.project };
    case 'listing':
      // Gathered with other events, it may come when the opening has already failed.
      return { ...state, opening: state.opening && { ...state.opening, files: event.files } };
    case 'dataset':
      return {
        ...state,
        ...NO_RESULTS,
        opening: null,
        dataset: event.summary,
        photoFilter: ALL_PHOTOS,
        gridMaps: [],
        gridPlace: 0,
        photoDraft: NO_CHANGES,
        orientations: null,
        splitCopies: NO_COPIES,
        warnings: [],
        interrupted: null,
        laterEdits: null,
      };
    case 'orientations':
      return { ...state, orientations: event.orientations };
    case 'splitCopies':
      return { ...state, splitCopies: event.copies };
    case 'runState':
      return {
        ...state,
        run: { state: event.state, run: event.run },
        progress: event.state === 'idle' ? null : state.progress,
      };
    case 'runStarted':
      return { ...started(state, event.result), interrupted: null };
    case 'progress':
      return { ...state, progress: event.progress };
    case 'records':
      return withRun(state, event.id, (result) => reduceRun(result, event.records));
    case 'runEnded':
      return ended(state, event);
    case 'weights':
      return {
        ...state,
        weights: event.info,
        weightsSlot: event.slot,
        misfit: event.misfit,
        imported: event.info && state.imported,
      };
    case 'fetching':
      return { ...state, fetching: event.progress };
    case 'trying':
      // Gathered with other events, it may come when the trial is already over.
      return { ...state, trying: state.trying && event.progress };
    case 'checking':
      // Gathered with other events, it may come when the check is already over.
      return { ...state, checking: state.checking && event.progress };
    case 'mapping':
      return { ...state, mapping: state.mapping && event.progress };
    case 'warning':
      return { ...state, warnings: [...state.warnings, event.message].slice(-WARNINGS_KEPT) };
    case 'queue':
      return { ...state, queue: event.queue, seeds: event.seeds };
    case 'restored':
      return RUNS.reduce((next, run) => (event.results[run] ? started(next, event.results[run]) : next), {
        ...state,
        interrupted: event.unfinished,
        laterEdits: event.laterEdits,
      });
    case 'saved':
      return { ...state, saved: { ...state.saved, at: event.at ?? state.saved.at, failure: event.failure } };
    case 'gpuAwaited':
      return { ...state, gpuAwaited: event.until };
    case 'deviceLost':
      // The run that was on it ends by itself, and the next start asks for a GPU anew.
      return { ...state, failure: { during: 'machine', error: event.error, fatal: false } };
    default:
      return event satisfies never;
  }
}

/** A new start clears its own result and those that stood on it. */
function started(state: StudioState, result: RunResult): StudioState {
  const base = { ...state, progress: null, failure: null };
  const { run } = result;
  if (isExperiment(run)) return { ...base, experiments: { ...state.experiments, [run]: result } };
  switch (run) {
    case 'lrFinder':
      return { ...base, lrFinder: result };
    case 'baseline': {
      // What is trained from the start stands on no baseline.
      const { lrFinder } = state;
      return { ...base, ...NO_RESULTS, lrFinder, experiments: thoseFromStart(state), baseline: result };
    }
    case 'sweep':
      return { ...base, sweep: result };
    case 'finetune':
      return { ...base, finetune: result, evaluate: null };
    case 'evaluate':
      return { ...base, evaluate: result };
    default:
      return run satisfies never;
  }
}

/** The state with another result for the run of that id; as it was if it is no longer there. */
function withRun(state: StudioState, id: string, change: (result: RunResult) => RunResult): StudioState {
  const slot = RESULT_SLOTS.find((key) => state[key]?.id === id);
  if (slot) return { ...state, [slot]: change(state[slot]!) };
  const experiment = EXPERIMENTS.find((key) => state.experiments[key]?.id === id);
  if (!experiment) return state;
  return { ...state, experiments: { ...state.experiments, [experiment]: change(state.experiments[experiment]!) } };
}

const RESULT_SLOTS = ['lrFinder', 'baseline', 'sweep', 'finetune', 'evaluate'] as const;

function thoseFromStart({ experiments }: StudioState): StudioState['experiments'] {
  return Object.fromEntries(Object.entries(experiments).filter(([id]) => startsAnew(id as ExperimentId)));
}

/** What was refused because of a run can be asked for again. */
const withoutBusy = (failure: Failure | null): Failure | null => (failure?.error.code === 'busy' ? null : failure);

function ended(state: StudioState, event: EventOf<'runEnded'>): StudioState {
  const { id, ended: how, error, seconds, copies } = event;
  const next: StudioState = {
    ...state,
    progress: null,
    failure: error ? { during: 'running', error, fatal: false } : withoutBusy(state.failure),
  };
  // A search that was stopped before its first step has nothing to show.
  if (state.lrFinder?.id === id && state.lrFinder.rates.length === 0) return { ...next, lrFinder: null };
  return withRun(next, id, (result) => endRun(result, { ended: how, error, seconds, copies }));
}
