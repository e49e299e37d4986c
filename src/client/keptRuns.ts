/** Runs that outlive the page: what each was set to and what came of it, in IndexedDB. A browser that refuses it just forgets. */
import type { StoreApi } from 'zustand/vanilla';
import { STUDIO_FIELDS } from '../engine/experiments/meta';
import { openDatabase } from '../protocol/database';
import { type RunResult, settingsOf } from '../protocol/results';
import type { KeptRun, StudioState } from './state';

export interface RunStore {
  load(): Promise<KeptRun[]>;
  save(run: KeptRun): Promise<void>;
  remove(id: string): Promise<void>;
}

const STORE = 'runs';

export const runStore: RunStore = {
  async load() {
    try {
      return (await (await openDatabase()).getAll(STORE)) as KeptRun[];
    } catch {
      return [];
    }
  },
  async save(run) {
    try {
      await (await openDatabase()).put(STORE, run, run.id);
    } catch {
      // Private windows may have no storage: the run is kept until the page is closed.
    }
  },
  async remove(id) {
    try {
      await (await openDatabase()).delete(STORE, id);
    } catch {
      // As above.
    }
  },
};

/** What is there to keep of the present steps; null before any has a result. */
export function runOf(state: StudioState): Omit<KeptRun, 'name' | 'note' | 'tags'> | null {
  const { baseline, sweep, finetune, lrFinder, evaluate, experiments, dataset } = state;
  const others = Object.values(experiments);
  const all = [baseline, sweep, finetune, ...others, lrFinder, evaluate].filter((result) => result !== null);
  const first = [baseline, sweep, finetune].find((result) => result !== null) ?? all[0];
  if (!first || !dataset || !all.some(hasFound)) return null;
  const { name, trainCount, validationCount, edits } = dataset;
  return {
    id: first.startedAt,
    dataset: { name, trainCount, validationCount, ...(edits && { edits }) },
    config: settingsOf({ baseline, sweep, finetune }, first.config),
    baseline: baseline?.epochs.map(({ record }) => record) ?? [],
    sweep: sweep?.points ?? [],
    finetune: finetune && { size: finetune.size, epochs: finetune.epochs.map(({ record }) => record) },
    experiments: Object.fromEntries(Object.entries(experiments).map(([id, { rows }]) => [id, rows])),
    lrFinder: lrFinder && { rates: lrFinder.rates, suggested: lrFinder.suggestedRates },
    evaluation: evaluate?.evaluation ?? null,
    shift: finetune?.shift ?? null,
    reference: sweep?.reference ?? null,
    history: state.weights?.history ?? [],
  };
}

/** When each run that has a result here was started. */
function startsIn({ baseline, sweep, finetune, lrFinder, evaluate, experiments }: StudioState): string[] {
  const all = [baseline, sweep, finetune, lrFinder, evaluate, ...Object.values(experiments)];
  return all.flatMap((result) => (result ? [result.startedAt] : []));
}

const hasFound = ({ epochs, points, rows, rates, evaluation }: RunResult): boolean =>
  epochs.length + points.length + rows.length + rates.length > 0 || evaluation !== null;

/** Fills the state with what is kept, and keeps each run as its steps end. */
export function keepRuns(store: StoreApi<StudioState>, shelf: RunStore): void {
  const load = async () => {
    // Written by an older version, settings may be missing or gone.
    const known = ({ config }: KeptRun) => Object.keys(STUDIO_FIELDS).some((key) => key in config);
    const kept = (await shelf.load()).filter(known);
    store.setState((state) => ({ kept: sorted([...kept, ...state.kept]) }));
  };
  void load();
  store.subscribe((now, before) => {
    // The tab that was watched has kept and deleted some.
    if (now.watching === null && before.watching !== null) {
      store.setState({ kept: [] });
      void load();
    }
    if (now.run.state === 'idle' && before.run.state !== 'idle') keepNow(store, shelf);
  });
}

/** Keeps the present run as it stands, if it has found anything. */
export function keepNow(store: StoreApi<StudioState>, shelf: RunStore): void {
  const now = store.getState();
  const run = runOf(now);
  if (!run) return;
  const old = now.kept.find(({ id }) => id === run.id);
  const next: KeptRun = { name: nameOf(run), note: '', ...old, ...run };
  // What was kept alone, as a search before its baseline, is now a part of this run.
  const starts = startsIn(now);
  const parts = now.kept.filter(({ id }) => id !== run.id && starts.includes(id));
  const others = now.kept.filter((one) => !parts.includes(one));
  store.setState({ kept: withRun(others, next) });
  void shelf.save(next);
  for (const { id } of parts) void shelf.remove(id);
}

/** In its place, or the place of the one that it is another version of. */
export const withRun = (kept: readonly KeptRun[], run: KeptRun): readonly KeptRun[] =>
  sorted([...kept.filter(({ id }) => id !== run.id), run]);

/** Newest first. */
const sorted = (runs: readonly KeptRun[]) => [...runs].sort((a, b) => (a.id < b.id ? 1 : -1));

const nameOf = ({ dataset, config }: Pick<KeptRun, 'dataset' | 'config'>): string =>
  `${dataset.name}, ${config.arch}, ${config.trainSize} px`;
