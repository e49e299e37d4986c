import type { EvalView } from '../photo/view';

/** What the page that is given away knows of its network. */
export interface PageAbout {
  classes: readonly string[];
  view: EvalView;
  respectExif: boolean;
  /** By which logits are divided before softmax; null: they are not. */
  temperature: number | null;
}
