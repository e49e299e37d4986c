/** Runs that outlive the page: what each was set to and what came of it, in IndexedDB. A browser that refuses it just forgets. */
import type { StoreApi } from 'zustand/vanilla';
import type { DatasetSummary } from '../engine/dataset/types';
import { STUDIO_FIELDS } from '../engine/experiments/meta';
import { openDatabase } from '../protocol/database';
import { type RunResult, settingsOf } from '../protocol/results';
import type { KeptRun, StudioState } from './state';

/** What a person says of a run. */
export type RunWords = Partial<Pick<KeptRun, 'name' | 'note' | 'tags'>>;

/** Other tabs write there, too: what is written stands on what is stored, and null is answered where that was deleted. */
export interface RunStore {
  load(): Promise<KeptRun[]>;
  /** With the words that are stored. One that was deleted comes back only if it has been gone on with since: `begun`, ISO. */
  save(run: KeptRun, begun: string): Promise<KeptRun | null>;
  describe(run: KeptRun, words: RunWords): Promise<KeptRun | null>;
  remove(id: string): Promise<void>;
  /** One that was removed, as it was. */
  putBack(run: KeptRun): Promise<void>;
}

const STORE = 'runs';

/** In the place of a run that was deleted. Earlier versions pass over runs without settings. */
interface Deleted {
  deletedAt: string;
  config: object;
}
type Stored = KeptRun | Deleted;

const isThere = (stored: Stored): stored is KeptRun => !('deletedAt' in stored);

/** Writes what is made of what is stored, if anything, in one transaction. Without storage the run is kept until the page is closed. */
async function rewrite(run: KeptRun, change: (stored: Stored | undefined) => KeptRun | null): Promise<KeptRun | null> {
  try {
    const { store, done } = (await openDatabase()).transaction(STORE, 'readwrite');
    const next = change((await store.get(run.id)) as Stored | undefined);
    if (next) await store.put(next, next.id);
    await done;
    return next;
  } catch {
    return change(run);
  }
}

export const runStore: RunStore = {
  async load() {
    try {
      return ((await (await openDatabase()).getAll(STORE)) as Stored[]).filter(isThere);
    } catch {
      return [];
    }
  },
  save: (run, begun) =>
    rewrite(run, (stored) => {
      if (!stored) return run;
      if (!isThere(stored)) return stored.deletedAt > begun ? null : run;
      const { name, note, tags } = stored;
      return { ...run, name, note, ...(tags && { tags }) };
    }),
  describe: (run, words) =>
    rewrite(run, (stored) => (stored && !isThere(stored) ? null : { ...(stored ?? run), ...words })),
  async remove(id) {
    try {
      const deleted: Deleted = { deletedAt: new Date().toISOString(), config: {} };
      await (await openDatabase()).put(STORE, deleted, id);
    } catch {
      // Without storage it is not there, either.
    }
  },
  putBack: async (run) => void (await rewrite(run, () => run)),
};

/** What is there to keep of the present steps; null before any has a result. */
export function runOf(state: StudioState): Omit<KeptRun, 'name' | 'note' | 'tags'> | null {
  const { baseline, sweep, finetune, lrFinder, evaluate, experiments, dataset } = state;
  const others = Object.values(experiments);
  const all = [baseline, sweep, finetune, ...others, lrFinder, evaluate].filter((result) => result !== null);
  const first = [baseline, sweep, finetune].find((result) => result !== null) ?? all[0];
  if (!first || !dataset || !all.some(hasFound)) return null;
  return {
    id: first.startedAt,
    dataset: photosOf(dataset),
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

/** What is kept of the photos; runs on the same ones compare. */
export const photosOf = ({ name, trainCount, validationCount, edits }: DatasetSummary): KeptRun['dataset'] => ({
  name,
  trainCount,
  validationCount,
  ...(edits && { edits }),
});

/** When each run that has a result here was started. */
function startsIn({ baseline, sweep, finetune, lrFinder, evaluate, experiments }: StudioState): string[] {
  const all = [baseline, sweep, finetune, lrFinder, evaluate, ...Object.values(experiments)];
  return all.flatMap((result) => (result ? [result.startedAt] : []));
}

/** When the last of them began that made something, and did not just measure what is there. */
const lastBegun = (state: StudioState): string =>
  startsIn({ ...state, evaluate: null }).reduce((last, start) => (start > last ? start : last), '');

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
    if (now.run.state === 'idle' && before.run.state !== 'idle') void keepNow(store, shelf);
  });
}

/**
 * Keeps the present run as it stands, if it has found anything. One that was deleted stays so, unless something of it has
 * `begun` since.
 */
export async function keepNow(
  store: StoreApi<StudioState>,
  shelf: RunStore,
  begun = lastBegun(store.getState()),
): Promise<void> {
  const now = store.getState();
  const run = runOf(now);
  if (!run) return;
  const old = now.kept.find(({ id }) => id === run.id);
  const kept = await shelf.save({ name: nameOf(run), note: '', ...old, ...run }, begun);
  // What was kept alone, as a search before its baseline, is now a part of this run.
  const parts = startsIn(now).filter((id) => id !== run.id && now.kept.some((one) => one.id === id));
  store.setState((state) => ({
    kept: withStored(
      state.kept.filter(({ id }) => !parts.includes(id)),
      run.id,
      kept,
    ),
  }));
  for (const id of parts) void shelf.remove(id);
}

/** Another name, note or tags for a run. A name of blanks is none. */
export async function describeRun(
  store: StoreApi<StudioState>,
  shelf: RunStore,
  run: KeptRun,
  given: RunWords,
): Promise<void> {
  const words = { ...given, ...(given.name !== undefined && { name: given.name.trim() }) };
  store.setState((state) => ({ kept: withRun(state.kept, { ...run, ...words }) }));
  const kept = await shelf.describe(run, words);
  store.setState((state) => ({ kept: withStored(state.kept, run.id, kept) }));
}

/** As it is stored; without it where it was deleted. */
const withStored = (kept: readonly KeptRun[], id: string, stored: KeptRun | null): readonly KeptRun[] =>
  stored ? withRun(kept, stored) : kept.filter((run) => run.id !== id);

/** In its place, or the place of the one that it is another version of. */
export const withRun = (kept: readonly KeptRun[], run: KeptRun): readonly KeptRun[] =>
  sorted([...kept.filter(({ id }) => id !== run.id), run]);

/** Newest first. */
const sorted = (runs: readonly KeptRun[]) => [...runs].sort((a, b) => (a.id < b.id ? 1 : -1));

const nameOf = ({ dataset, config }: Pick<KeptRun, 'dataset' | 'config'>): string =>
  `${dataset.name}, ${config.arch}, ${config.trainSize} px`;
