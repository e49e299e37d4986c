/** What page and terminal know of a run before it starts, and what they make of its rows: data, and pure functions. */
import type { Fields } from '../../base/config';
import type { ExperimentRow } from '../../base/records';

/** `Config`: the settings that a run's functions read; every run takes the whole configuration. */
export interface RunMeta<Config = never> {
  label: string;
  /** Settings shown beside the run. */
  fields: Fields;
  /** Starts where a baseline does, at opened weights or at random ones, and follows its recipe; all others need weights. */
  startsAnew?: boolean;
  /** Epochs that one of its trainings goes through; absent where it only measures. */
  epochs?: (config: Config) => number;
}

/** A run beyond the three steps, which fills a table of its own. */
export interface ExperimentMeta<Config = never> extends RunMeta<Config> {
  /** The question that it answers. */
  asks: string;
  /** Where the question comes from, and what was found there. */
  paper: string;
  /** What its button says. */
  verbs: { first: string; again: string };
  /** Settings that are its own; the others of `fields` it shares. */
  ownFields: Fields;
  /** Leaves fastai's recipe even where the settings ask for it. */
  leavesRecipe?: boolean;
  /** Its sizes, as the action bar says them: "384 px". */
  sizes: (config: Config) => string;
  /** The photos that its rows are about, held-out ones aside: in folds, each photo by networks that do not train on it. Else validation. */
  tests?: 'training' | 'all';
  /** Why it would compare nothing at its sizes; null where it can run. */
  refusal?: (config: Config) => { message: string; hint: string } | null;
  /** What its rows say, in a sentence or two: computed, and plain about what is noise. Null while there is nothing to compare. */
  finding: (rows: readonly ExperimentRow[]) => string | null;
}
