/** The runs that are to come: queued, put in another order, dropped and taken, while one of them goes on. */
import { type RunId, startsAnew } from '../engine/experiments/meta';
import type { QueueAsk, StudioEvent } from '../protocol/messages';
import { type QueuedRun, type SeedPlan, unitHasBegun, unitsOf, withSeedRun } from '../protocol/queue';
import type { RunResult } from '../protocol/results';
import type { Project } from './project';

/** What is queued is the project's, and kept with it. */
export class SessionQueue {
  private going = false;
  /** The next run that begins is the first of the queue. */
  private taking = false;

  constructor(
    private readonly project: Project,
    private readonly emit: (event: StudioEvent) => void,
  ) {}

  get runs(): readonly QueuedRun[] {
    return this.project.queue;
  }

  add({ runs, config, seeds }: QueueAsk): void {
    const id =
      Math.max(0, ...this.runs.flatMap((one) => [one.id, one.study?.id ?? 0]), this.project.seeds?.id ?? 0) + 1;
    const chain = Array.from({ length: seeds }, (_, i) => config.seed + i);
    const study: SeedPlan | null = seeds > 1 ? { id, runs, seeds: chain } : null;
    const added = chain.flatMap((seed) =>
      runs.map((run) => ({ run, config: { ...config, seed }, study, begun: null })),
    );
    this.change([...this.runs, ...added.map((one, i) => ({ id: id + i, ...one }))]);
  }

  /**
   * Those that have not begun, by their ids in their new order; what is not named is dropped. The runs of a seed keep together
   * and in their order, where the first of them that is named stands, and one that has begun is gone through first.
   */
  arrange(ids: readonly number[]): void {
    const placeOf = (unit: readonly QueuedRun[]) =>
      unitHasBegun(unit) ? -1 : Math.min(...unit.map(({ id }) => ids.indexOf(id)));
    const units = unitsOf(this.runs).map((unit) => keptOf(unit, ids));
    this.change(units.toSorted((a, b) => placeOf(a) - placeOf(b)).flat());
  }

  /** What `work` starts next is the first of the queue. */
  async taken<T>(work: (first: QueuedRun) => Promise<T>): Promise<T> {
    this.taking = true;
    try {
      return await work(this.runs[0]!);
    } finally {
      this.taking = false;
    }
  }

  /** They are gone through until `work` ends. */
  async throughout<T>(work: () => Promise<T>): Promise<T> {
    this.going = true;
    this.tell();
    try {
      return await work();
    } finally {
      this.going = false;
      this.tell();
    }
  }

  /** A run has begun. */
  begun({ id }: RunResult): void {
    if (!this.taking) return;
    this.taking = false;
    this.change(this.runs.map((one, i) => (i === 0 ? { ...one, begun: id } : one)));
  }

  /**
   * A run has ended: it is no longer to come, and counts for its seed where it was gone through. Where it was not, what stands on
   * it does not count either.
   */
  ended(result: RunResult): void {
    const own = this.runs.find(({ begun }) => begun === result.id);
    if (!own) return;
    if (own.study && !own.uncounted && result.ended === 'done') {
      const quality = this.project.answers().steps.find(({ step }) => step === result.run)?.quality ?? null;
      this.project.seeds = withSeedRun(this.project.seeds, own.study, result, quality);
    }
    const standsOnIt = ({ study, config }: QueuedRun) =>
      result.ended !== 'done' && own.study && study?.id === own.study.id && config.seed === own.config.seed;
    const rest = this.runs.filter((one) => one !== own);
    this.change(rest.map((one) => (standsOnIt(one) ? { ...one, uncounted: true } : one)));
  }

  /** Other photos are open. */
  clear(): void {
    this.project.seeds = null;
    this.change([]);
  }

  tell(): void {
    const { queue: runs, seeds } = this.project;
    this.emit({ kind: 'queue', queue: { runs, going: this.going }, seeds });
  }

  private change(runs: readonly QueuedRun[]): void {
    this.project.queue = runs;
    this.tell();
  }
}

/** What stands on a dropped baseline is dropped with it, and so is a fine-tuning at the best size of a dropped sweep. */
function keptOf(unit: readonly QueuedRun[], ids: readonly number[]): QueuedRun[] {
  const kept = unit.filter(({ id, begun }) => begun !== null || ids.includes(id));
  const loses = (run: RunId) => unit.some((one) => one.run === run && !kept.includes(one));
  const [noBaseline, noSweep] = [loses('baseline'), loses('sweep')];
  return kept.filter(
    ({ run, config, begun }) =>
      begun !== null || ((!noBaseline || startsAnew(run)) && (!noSweep || run !== 'finetune' || config.tuneSize > 0)),
  );
}
