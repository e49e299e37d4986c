/** The path's entries: a stage's state in a word and its result in a figure. */
import { baselineScore, bestEpoch, bestPoint, hasWeights } from './selectors';
import { EXPERIMENT_LABELS, EXPERIMENTS } from '../engine/experiments/meta';
import { formatAccuracy, formatCount, formatSigned } from '../words/format';
import type { Ended, StageId, StudioState } from './state';

export const STAGE_LABELS: Record<StageId, string> = {
  photos: 'Photos',
  baseline: 'Baseline',
  sweep: 'Test resolution',
  finetune: 'Fine-tune',
  takehome: 'Take home',
  experiments: 'More experiments',
  runs: 'Kept runs',
};

export interface StageStatus {
  mood: 'waiting' | 'ready' | 'running' | 'done' | 'problem';
  word: string;
  figure: string | null;
}

const ENDED: Record<Exclude<Ended, 'running'>, Pick<StageStatus, 'mood' | 'word'>> = {
  done: { mood: 'done', word: 'done' },
  stopped: { mood: 'done', word: 'stopped' },
  failed: { mood: 'problem', word: 'failed' },
};

export function stageStatus(state: StudioState, stage: StageId): StageStatus {
  switch (stage) {
    case 'photos':
      return photosStatus(state);
    case 'baseline': {
      const best = bestEpoch(state.baseline);
      const figure = best && formatAccuracy(best.validation.accuracy, best.validation.count);
      if (!state.dataset) return waiting('needs photos');
      if (!state.baseline && state.weights) return { mood: 'done', word: 'weights opened', figure: null };
      return { ...progressOf(state, 'baseline', state.baseline?.ended), figure };
    }
    case 'sweep': {
      if (!state.sweep && !hasWeights(state)) return waiting('needs a baseline');
      if (!state.dataset) return waiting('needs photos');
      const best = bestPoint(state.sweep);
      return { ...progressOf(state, 'sweep', state.sweep?.ended), figure: best && `best ${best.size} px` };
    }
    case 'finetune': {
      if (!state.finetune && !hasWeights(state)) return waiting('needs a baseline');
      if (!state.dataset) return waiting('needs photos');
      return { ...progressOf(state, 'finetune', state.finetune?.ended), figure: tuneFigure(state) };
    }
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
  if (running) return { mood: 'running', word: run.state, figure: EXPERIMENT_LABELS[running].label };
  const done = EXPERIMENTS.filter((id) => (experiments[id]?.rows.length ?? 0) > 0).length;
  if (done > 0) return { mood: 'done', word: 'done', figure: `${done} of ${EXPERIMENTS.length}` };
  return dataset ? { mood: 'ready', word: 'beyond the three steps', figure: null } : waiting('needs photos');
}

function photosStatus({ dataset, opening }: StudioState): StageStatus {
  if (opening)
    return { mood: 'running', word: 'reading', figure: opening.files > 0 ? formatCount(opening.files) : null };
  if (!dataset) return { mood: 'ready', word: 'none yet', figure: null };
  const figure = formatCount(dataset.trainCount + dataset.validationCount);
  return dataset.refusal ? { mood: 'problem', word: 'cannot train', figure } : { mood: 'done', word: 'opened', figure };
}

function progressOf(
  { run }: StudioState,
  id: 'baseline' | 'sweep' | 'finetune',
  ended: Ended | undefined,
): Pick<StageStatus, 'mood' | 'word'> {
  if (run.run === id && run.state !== 'idle') return { mood: 'running', word: run.state };
  if (!ended || ended === 'running') return { mood: 'ready', word: 'to do' };
  return ENDED[ended];
}

function tuneFigure(state: StudioState): string | null {
  const best = bestEpoch(state.finetune);
  if (!best) return null;
  const before = baselineScore(state);
  const gain = before ? `, ${formatSigned(best.validation.accuracy - before.accuracy, best.validation.count)}` : '';
  return formatAccuracy(best.validation.accuracy, best.validation.count) + gain;
}

const waiting = (word: string): StageStatus => ({ mood: 'waiting', word, figure: null });
