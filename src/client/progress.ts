/** The running step in words and as a share, for the run bar, the title and screen readers. */
import { RUN_META } from '../engine/experiments/meta';
import type { Progress } from '../protocol/messages';
import type { StudioState } from './state';

/** How much of the whole run is done, 0 to 1. */
export const runFraction = ({ progress }: StudioState): number => progress?.fraction ?? 0;

/** "Training at 224 px", "Compiling kernels for 384 px". */
function phaseWords({ phase, size }: Progress): string {
  switch (phase) {
    case 'tuning':
      return `Tuning kernels for ${size} px`;
    case 'compiling':
      return `Compiling kernels for ${size} px`;
    case 'training':
      return `Training at ${size} px`;
    case 'evaluating':
      return `Evaluating at ${size} px`;
    default:
      return phase satisfies never;
  }
}

/** What goes on now, in words; empty where nothing does. */
export function goingOn({ progress, run: { run } }: StudioState): string {
  if (progress) return phaseWords(progress);
  return run ? `Preparing ${RUN_META[run].label}: first photos, memory` : '';
}

export function lastLoss(state: StudioState): number | null {
  if (state.run.run === 'lrFinder') return state.lrFinder?.points.at(-1)?.loss ?? null;
  if (state.run.run === 'baseline') return state.baseline?.lastStep?.loss ?? null;
  if (state.run.run === 'finetune') return state.finetune?.lastStep?.loss ?? null;
  return null;
}

/** The run is seen on its tab, too. */
export function tabTitle(state: StudioState): string {
  const { run } = state.run;
  if (!run) return 'FixRes Studio';
  return `${Math.floor(runFraction(state) * 100)} % ${RUN_META[run].label} · FixRes Studio`;
}

/** For screen readers: changes with the phase, the epoch and every tenth of the run, not with every batch. */
export function spokenProgress(state: StudioState): string {
  const { progress, run } = state;
  if (!run.run) return '';
  if (run.state === 'paused') return `${RUN_META[run.run].label} paused`;
  if (!progress) return `${RUN_META[run.run].label} ${run.state}`;
  const epoch = progress.epochs > 0 ? `, epoch ${progress.epoch} of ${progress.epochs}` : '';
  const tenths = Math.floor(runFraction(state) * 10) * 10;
  return `${RUN_META[run.run].label}: ${phaseWords(progress)}${epoch}, ${tenths} % done`;
}

/** What can still be downloaded after a failure, in a sentence; null if nothing was reached, or the worker is dead. */
export function whatIsSafe({ weights, failure }: StudioState): string | null {
  if (!weights || failure?.fatal) return null;
  return `The weights held so far (${weights.origin}) are safe and can be downloaded.`;
}
