/** The path's entries: a stage's state in a word and its result in a figure. */
import { hasWeights, stepVerdict } from './selectors';
import { EXPERIMENT_META, EXPERIMENTS, epochsOf, type StepId } from '../engine/experiments/meta';
import type { UnfinishedRun } from '../protocol/projects';
import type { WeightsInfo } from '../protocol/weights';
import { formatCount } from '../words/format';
import { photosVerdict } from '../words/photosVerdict';
import { type Tone } from '../words/verdictParts';
import type { StageId, StudioState } from './state';

export const STAGE_LABELS: Record<StageId, string> = {
  photos: 'Photos',
  baseline: 'Baseline',
  sweep: 'Test resolution',
  finetune: 'Fine-tune',
  takehome: 'Export',
  experiments: 'Experiments',
  runs: 'Runs',
};

export interface StageStatus {
  /** A tick is for `done` alone: what holds beyond chance. `doubt` is amber, `neutral` neither. */
  mood: 'waiting' | 'ready' | 'running' | 'done' | 'doubt' | 'neutral' | 'problem';
  word: string;
  figure: string | null;
}

const MOODS: Record<Tone, StageStatus['mood']> = {
  good: 'done',
  doubt: 'doubt',
  neutral: 'neutral',
  running: 'running',
  bad: 'problem',
};

export function stageStatus(state: StudioState, stage: StageId): StageStatus {
  switch (stage) {
    case 'photos':
      return photosStatus(state);
    case 'baseline':
      if (!state.dataset) return waiting('needs photos');
      if (state.baseline || !state.weights || state.interrupted?.run === 'baseline') return statusOf(state, 'baseline');
      return { mood: 'neutral', word: isOfBaseline(state.weights) ? 'weights kept' : 'weights opened', figure: null };
    case 'sweep':
    case 'finetune':
      if (!state[stage] && !hasWeights(state)) return waiting('needs a baseline');
      if (!state.dataset) return waiting('needs photos');
      return statusOf(state, stage);
    case 'takehome':
      return hasWeights(state) ? { mood: 'ready', word: 'ready', figure: null } : waiting('needs weights');
    case 'experiments':
      return experimentsStatus(state);
    case 'runs': {
      const { kept } = state;
      if (kept.length === 0) return { mood: 'ready', word: 'none yet', figure: null };
      return { mood: 'ready', word: 'to compare', figure: formatCount(kept.length) };
    }
    default:
      return stage satisfies never;
  }
}

function experimentsStatus({ dataset, experiments, run }: StudioState): StageStatus {
  const running = EXPERIMENTS.find((id) => id === run.run);
  if (running) return { mood: 'running', word: run.state, figure: EXPERIMENT_META[running].label };
  const measured = EXPERIMENTS.filter((id) => (experiments[id]?.rows.length ?? 0) > 0);
  const done = measured.filter((id) => experiments[id]?.ended === 'done').length;
  if (done > 0) return { mood: 'done', word: 'done', figure: `${done} of ${EXPERIMENTS.length}` };
  if (measured.length > 0) return { mood: 'neutral', word: 'stopped', figure: null };
  return dataset ? { mood: 'ready', word: 'beyond the three steps', figure: null } : waiting('needs photos');
}

function photosStatus({ dataset, opening, splitCopies }: StudioState): StageStatus {
  if (opening)
    return { mood: 'running', word: 'reading', figure: opening.files > 0 ? formatCount(opening.files) : null };
  if (!dataset) return { mood: 'ready', word: 'none yet', figure: null };
  const { tone, word, figure } = photosVerdict(dataset, splitCopies);
  return { mood: MOODS[tone], word, figure };
}

function statusOf(state: StudioState, step: StepId): StageStatus {
  const { run } = state;
  const { tone, word, figure } = stepVerdict(state, step);
  if (run.run === step && run.state !== 'idle') return { mood: 'running', word: run.state, figure };
  if (!state[step] && state.interrupted?.run === step) return interruptedStatus(state.interrupted);
  if (!state[step]) return { mood: 'ready', word: 'to do', figure: null };
  return { mood: MOODS[tone], word, figure };
}

function interruptedStatus({ run, config, epoch }: UnfinishedRun): StageStatus {
  const figure = epoch > 0 ? `epoch ${epoch} of ${epochsOf(run, config)}` : null;
  return { mood: 'neutral', word: 'interrupted', figure };
}

/** A baseline has made them, whose result is no longer there; and no file was opened since. */
const isOfBaseline = ({ history }: WeightsInfo): boolean =>
  history.findLast(({ run }) => run === 'baseline' || run === 'import')?.run === 'baseline';

const waiting = (word: string): StageStatus => ({ mood: 'waiting', word, figure: null });
