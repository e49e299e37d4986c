/** The weights that Export hands out, and what is known of them: their own view and score, never another's. */
import type { Score } from '../engine/base/records';
import type { Architecture } from '../engine/models/meta';
import type { TestView, WeightsOrigin } from '../protocol/weights';
import type { RunResult } from '../protocol/results';
import { bestEpoch } from './selectors';
import type { StudioState } from './state';

export interface ChosenWeights {
  arch: Architecture;
  classes: readonly string[];
  /** "baseline, epoch 7" */
  origin: string;
  /** That they were measured in; null where nobody has said. */
  view: TestView | null;
  /** On the validation photos in that view; null before they were measured. */
  score: Score | null;
  /** Fitted in that view; null where it is not known. */
  temperature: number | null;
}

type Held = Pick<StudioState, 'weights' | 'weightsSlot' | 'exportSlot' | 'finetune' | 'baseline'>;

/** Null while there are none. */
export function chosenWeights({ weights, weightsSlot, exportSlot, finetune, baseline }: Held): ChosenWeights | null {
  if (!weights) return null;
  const { arch, classes, history } = weights;
  const slot = exportSlot === 'best' ? weightsSlot : exportSlot;
  if (slot === weightsSlot) {
    // Of a file that was opened the view is told by what made it.
    const { origin, view, temperature } = weights;
    return { arch, classes, origin, view, score: history.at(-1)?.score ?? null, temperature };
  }
  // A fine-tuning that was not the better one is in nobody's history.
  if (slot === 'finetune') return { arch, classes, ...tunedIn(finetune), temperature: null };
  const before = history.slice(0, lastTuning(history)).at(-1);
  const score = before?.score ?? bestEpoch(baseline)?.validation ?? null;
  const { name: origin = 'baseline', view = null, temperature = null } = before ?? {};
  return { arch, classes, origin, view, score, temperature };
}

const lastTuning = (history: readonly WeightsOrigin[]): number => {
  const at = history.findLastIndex(({ run }) => run === 'finetune');
  return at < 0 ? history.length : at;
};

function tunedIn(finetune: RunResult | null): Pick<ChosenWeights, 'origin' | 'view' | 'score'> {
  const best = bestEpoch(finetune);
  if (!finetune || !best) return { origin: 'fine-tuned', view: null, score: null };
  const { config, size } = finetune;
  const { resizeRatio, filter, normalize, dropNormalization, squish, respectExif, cacheSide } = config;
  const resize = resizeRatio === 0 ? 0 : Math.floor(resizeRatio * size + 1e-9);
  return {
    origin: `fine-tuned at ${size} px, epoch ${best.epoch}`,
    view: { resize, crop: size, filter, normalize: normalize && !dropNormalization, squish, respectExif, cacheSide },
    score: best.validation,
  };
}
