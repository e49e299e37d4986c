/** One worker event → the next state. Pure: nothing of the old state is changed. */
import { type ExperimentId, EXPERIMENTS, type RunId } from '../engine/experiments/meta';
import type { StudioEvent } from '../protocol/messages';
import { appendSteps, EMPTY_SERIES } from './series';
import {
  type Ended,
  type ExperimentResult,
  NO_RESULTS,
  type RateSearch,
  type StudioState,
  type SweepResult,
  type TrainingResult,
} from './state';

const WARNINGS_KEPT = 200;

type EventOf<K extends StudioEvent['kind']> = Extract<StudioEvent, { kind: K }>;

export function reduce(state: StudioState, event: StudioEvent): StudioState {
  switch (event.kind) {
    case 'listing':
      // Gathered with other events, it may come when the opening has already failed.
      return { ...state, opening: state.opening && { ...state.opening, files: event.files } };
    case 'dataset':
      return { ...state, ...NO_RESULTS, opening: null, dataset: event.summary, orientations: null, warnings: [] };
    case 'orientations':
      return { ...state, orientations: event.orientations };
    case 'runState':
      return {
        ...state,
        run: { state: event.state, run: event.run },
        progress: event.state === 'idle' ? null : state.progress,
      };
    case 'runStarted':
      return started(state, event);
    case 'progress':
      return { ...state, progress: event.progress };
    case 'steps':
      return trained(state, event.run, (result) => ({
        ...result,
        series: appendSteps(result.series, event.records),
        lastStep: event.records.at(-1) ?? result.lastStep,
      }));
    case 'epoch':
      return trained(state, event.run, (result) => ({
        ...result,
        epochs: [...result.epochs, { step: result.lastStep?.globalStep ?? 0, record: event.record }],
      }));
    case 'sweepPoint':
      return state.sweep ? { ...state, sweep: swept(state.sweep, event) } : state;
    case 'partialActivations':
      if (event.run !== 'sweep' || !state.sweep) return state;
      return { ...state, sweep: { ...state.sweep, partialActivations: event.activations } };
    case 'shift':
      return trained(state, event.run, (result) => ({ ...result, shift: event.shift }));
    case 'recommendation':
      return { ...state, sweep: state.sweep && { ...state.sweep, recommendation: event.recommendation } };
    case 'ratePoint':
      return searched(state, ({ points }) => ({ points: [...points, event.point] }));
    case 'suggestedRates':
      return searched(state, () => ({ suggested: event.suggested }));
    case 'row':
      return experimented(state, event.run, (result) => ({ ...result, rows: [...result.rows, event.row] }));
    case 'evaluation':
      return { ...state, evaluation: { score: event.score, resize: event.resize, crop: event.crop } };
    case 'runEnded':
      return ended(state, event);
    case 'weights':
      return { ...state, weights: event.info, imported: event.info && state.imported };
    case 'fetching':
      return { ...state, fetching: event.progress };
    case 'warning':
      return { ...state, warnings: [...state.warnings, event.message].slice(-WARNINGS_KEPT) };
    case 'deviceLost':
      // The run that was on it ends by itself, and the next start asks for a GPU anew.
      return { ...state, failure: { during: 'machine', error: event.error, fatal: false } };
    default:
      return event satisfies never;
  }
}

/** A new start clears its own result and those that stood on it. */
function started(state: StudioState, event: EventOf<'runStarted'>): StudioState {
  const run = { config: event.config, startedAt: event.startedAt, ended: 'running' as const, seconds: null };
  const training: TrainingResult = {
    ...run,
    size: event.resolvedSize,
    series: EMPTY_SERIES,
    lastStep: null,
    epochs: [],
    shift: null,
  };
  const base = { ...state, progress: null, failure: null };
  switch (event.run) {
    case 'lrFinder':
      return { ...base, lrFinder: { ...run, points: [], suggested: null } };
    case 'baseline': {
      // What is trained from the start stands on no baseline.
      const { lrFinder } = state;
      return { ...base, ...NO_RESULTS, lrFinder, experiments: keptOf(state, 'lowResolution'), baseline: training };
    }
    case 'sweep':
      return {
        ...base,
        sweep: { ...run, points: [], reference: null, recommendation: null, partialActivations: null },
      };
    case 'finetune':
      return { ...base, finetune: training, evaluation: null };
    case 'evaluate':
      return { ...base, evaluation: null };
    case 'ablation':
    case 'lowResolution':
    case 'progressive':
    case 'adaptation':
      return { ...base, experiments: { ...state.experiments, [event.run]: { ...run, rows: [] } } };
    default:
      return event.run satisfies never;
  }
}

function trained(
  state: StudioState,
  run: EventOf<'steps'>['run'],
  change: (result: TrainingResult) => TrainingResult,
): StudioState {
  if (run === 'baseline' && state.baseline) return { ...state, baseline: change(state.baseline) };
  if (run === 'finetune' && state.finetune) return { ...state, finetune: change(state.finetune) };
  return state;
}

function experimented(
  state: StudioState,
  run: RunId,
  change: (result: ExperimentResult) => ExperimentResult,
): StudioState {
  const id = EXPERIMENTS.find((one) => one === run);
  const result = id && state.experiments[id];
  return result ? { ...state, experiments: { ...state.experiments, [id]: change(result) } } : state;
}

function searched(state: StudioState, change: (search: RateSearch) => Partial<RateSearch>): StudioState {
  const { lrFinder } = state;
  return lrFinder ? { ...state, lrFinder: { ...lrFinder, ...change(lrFinder) } } : state;
}

function keptOf({ experiments }: StudioState, id: ExperimentId): StudioState['experiments'] {
  return experiments[id] ? { [id]: experiments[id] } : {};
}

function swept(before: SweepResult, { point, reference }: EventOf<'sweepPoint'>): SweepResult {
  const sweep = { ...before, partialActivations: null };
  if (reference) return { ...sweep, reference: point };
  const others = sweep.points.filter((p) => p.size !== point.size);
  return { ...sweep, points: [...others, point].sort((a, b) => a.size - b.size) };
}

function ended(state: StudioState, event: EventOf<'runEnded'>): StudioState {
  const end: { ended: Ended; seconds: number } = { ended: event.ended, seconds: event.seconds };
  const next: StudioState = {
    ...state,
    progress: null,
    failure: event.error ? { during: 'running', error: event.error, fatal: false } : state.failure,
  };
  if (event.run === 'sweep')
    return { ...next, sweep: state.sweep && { ...state.sweep, ...end, partialActivations: null } };
  // A search that was stopped before its first step has nothing to show.
  if (event.run === 'lrFinder' && state.lrFinder?.points.length === 0) return { ...next, lrFinder: null };
  if (event.run === 'lrFinder') return searched(next, () => end);
  const ending = <T extends object>(result: T) => ({ ...result, ...end });
  return experimented(trained(next, event.run, ending), event.run, ending);
}
