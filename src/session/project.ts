/**
 * What is worked on: photos, the weights made of them, and what runs have come to. Plain data and pure choices; knows no GPU
 * and no host.
 */
import { inOneLine, StudioError } from '../engine/base/errors';
import { holdOut } from '../engine/dataset/heldOut';
import { summarise } from '../engine/dataset/summarise';
import type { Dataset, DatasetSummary } from '../engine/dataset/types';
import { EvaluationCache } from '../engine/experiments/evaluationCache';
import { givenFolds } from '../engine/experiments/folds';
import type { HostState } from '../engine/nn/state';
import type { Evaluation } from '../engine/train/evaluate';
import type { Kept } from '../engine/train/runState';
import { recipeNote, refusalOf, type RunId, RUNS, startsAnew, type StudioConfig } from '../engine/experiments/meta';
import type { RunSpec } from '../engine/experiments/planning';
import { PROCEDURES } from '../engine/experiments/registry';
import { ownView, testOptions } from '../engine/experiments/views';
import type { Architecture } from '../engine/models/meta';
import type { EvalView } from '../engine/photo/view';
import type { Answers } from '../protocol/messages';
import { settingsOn, type WeightsOrigin } from '../protocol/weights';
import type { QueuedRun, SeedStudy } from '../protocol/queue';
import type { Results, RunResult } from '../protocol/results';
import { otherPhotosNote } from '../words/otherPhotos';
import { choiceOf, ownIsBetter } from '../words/sizeVerdict';
import { type Checkpoint, configOf, evalViewOf, measuredAnew, originOf, validatedIn, viewOf } from './checkpoint';
import { predictionsOf } from './predictions';
import type { Chosen } from './runs';
import type { ReadResults } from './torchrun/results';
import { checkClasses, misfitOf, WeightStore } from './weightStore';

/** Validation photos for folders without a split, and held-out ones, are drawn with this seed: they are the folder's, not the run's. */
export const SPLIT_SEED = 42;

/** Runs whose outcome is measured on held-out photos. */
const MEASURED_ON_HELD_OUT: readonly RunId[] = ['baseline', 'sweep', 'finetune', 'evaluate'];

/** A run as a function of its context, what is to be said of it before it starts, and of what its weights are made. */
export type PreparedRun = ReturnType<Project['prepare']>;

interface Opened {
  whole: Dataset;
  /** Those held out are its test photos. */
  dataset: Dataset;
  summary: DatasetSummary;
  heldOut: number;
  /** That the folder has; looked for once, for a plan is asked for at every key. */
  folds: number | undefined;
}

export class Project {
  readonly weights = new WeightStore();
  results: Results = {};
  /** Runs that are to come; the first may be going on. */
  queue: readonly QueuedRun[] = [];
  /** What several seeds have come to. */
  seeds: SeedStudy | null = null;
  private evaluations = { pixels: '', cache: new EvaluationCache() };
  private photos: Opened | null = null;

  /** @throws StudioError `needs-step` before any photos were opened. */
  get dataset(): Dataset {
    return this.opened.dataset;
  }

  get hasPhotos(): boolean {
    return this.photos !== null;
  }

  get summary(): DatasetSummary {
    return this.opened.summary;
  }

  private get opened() {
    if (!this.photos) throw new StudioError('needs-step', 'No photos are open', 'Open a folder of photos first.');
    return this.photos;
  }

  /** Other photos: results and weights made of the last ones are gone, opened weights stay. */
  setPhotos(whole: Dataset, heldOut = 0): DatasetSummary {
    const dataset = holdOut(whole, heldOut, SPLIT_SEED);
    const folds = givenFolds([...dataset.train, ...dataset.validation])?.count;
    this.photos = { whole, dataset, summary: summarise(dataset), heldOut, folds };
    this.forget(...RUNS);
    const { imported } = this.weights;
    // What they were measured at were other photos.
    if (imported) this.weights.imported = { ...imported, evaluation: null };
    return this.photos.summary;
  }

  /**
   * Holds a share of the validation photos out of all choices, before the first choice is made. True if that made other
   * photos of them.
   * @throws StudioError `needs-step` once choices have been made on those photos.
   */
  holdOut(run: RunId, share: number): boolean {
    const { whole, heldOut } = this.opened;
    if (share === heldOut || whole.test.length > 0) return false;
    const chosen = this.weights.baseline ?? this.weights.finetune ?? Object.values(this.results)[0];
    if (chosen && run !== 'baseline') {
      throw new StudioError(
        'needs-step',
        'Epochs or sizes were chosen with other photos held out than the settings say now',
        `Set held-out photos back to ${heldOut}, or train the baseline again.`,
      );
    }
    this.setPhotos(whole, share);
    return true;
  }

  /** Results that new weights below them make void, with the weights that they made. */
  forget(...runs: RunId[]): void {
    for (const run of runs) {
      delete this.results[run];
      if (run === 'baseline' || run === 'finetune') this.weights[run] = undefined;
    }
  }

  /** Opened weights go, and what stands on them; what a baseline has made of them stays. True if that were results. */
  closeWeights(): boolean {
    this.weights.imported = undefined;
    if (this.weights.baseline) return false;
    this.forget(...RUNS);
    return true;
  }

  /** Evaluations with these settings. Photos turned by their EXIF are other photos, and so are smaller copies. */
  evaluationsOf({ respectExif, cacheSide }: StudioConfig): EvaluationCache {
    const pixels = `${respectExif} ${cacheSide}`;
    if (this.evaluations.pixels !== pixels) this.evaluations = { pixels, cache: new EvaluationCache() };
    return this.evaluations.cache;
  }

  /** Of which pixels those are that are remembered. */
  get pixels(): string {
    return this.evaluations.pixels;
  }

  get heldOut(): number {
    return this.opened.heldOut;
  }

  evaluationsKnownOf(state: HostState): Evaluation[] {
    return this.evaluations.cache.of(state, this.dataset);
  }

  /** Evaluations of an earlier session, on the same photos. */
  rememberEvaluations(pixels: string, state: HostState, evaluations: readonly Evaluation[]): void {
    if (this.evaluations.pixels !== pixels) this.evaluations = { pixels, cache: new EvaluationCache() };
    for (const evaluation of evaluations) this.evaluations.cache.set(state, this.dataset, evaluation);
  }

  /** The run as a function of its context, everything that it needs checked to be there; and what its weights come from. */
  prepare(run: RunId, config: StudioConfig, size: number) {
    const { dataset } = this;
    const { classes } = dataset;
    const refusal = refusalOf(run, config);
    if (refusal) throw new StudioError('bad-config', refusal.message, refusal.hint);
    const aligned = this.weights.align(classes);
    const held = this.workedOnBy(run);
    const unnamed = held ? checkClasses(held, classes) : null;
    const start = startsAnew(run) ? this.weights.start(config, classes) : null;
    const records = PROCEDURES[run].records({
      config,
      size,
      start: start && { state: start.state, opened: this.weights.imported !== undefined },
      weights: held ?? null,
      ...(held && { validatedIn: validatedIn(held, config) }),
      view: this.viewToMeasureIn(config),
      onEvaluation: (evaluation) => {
        if (held) this.weights.replace(held, measuredAnew(held, evaluation, { config, dataset }));
      },
    });
    const made = held && configOf(held);
    const other = made ? otherPhotosNote(config, made) : null;
    const notes = [aligned, unnamed, other, start?.note ?? recipeNote(run, config)].filter((note) => note !== null);
    return { records, note: notes.length > 0 ? notes.join(' ') : null, history: start?.history ?? held?.history ?? [] };
  }

  /** @throws StudioError `bad-weights` for weights of other classes than the open photos'. */
  checkFits(checkpoint: Checkpoint): void {
    checkClasses(checkpoint, this.dataset.classes);
  }

  /** Why no run can work on the weights in memory, if so: their classes are others than those of the open photos. */
  get misfit(): string | null {
    const trunk = this.weights.trunk();
    const error = trunk && this.photos ? misfitOf(trunk, this.dataset.classes) : null;
    return error && inOneLine(error);
  }

  /** Weights that a run has made, in the place of those that it made before. */
  keep(
    { run, config, startedAt }: RunResult,
    { arch, history }: { arch: Architecture; history: readonly WeightsOrigin[] },
    { state, origin: name, evaluation }: Kept,
  ): void {
    const { dataset } = this;
    const made = originOf({ run, config, dataset, madeAt: startedAt }, { name, evaluation });
    const slot = run === 'finetune' ? 'finetune' : 'baseline';
    this.weights[slot] = { arch, classes: dataset.classes, state, history: [...history, made], evaluation };
    if (evaluation) this.evaluations.cache.set(state, dataset, evaluation);
  }

  /** Runs and weights from elsewhere, in the place of those in memory; evaluations as far as they are there. */
  takeResults({ results, weights, evaluations }: ReadResults): void {
    const { config } = Object.values(results)[0] ?? {};
    this.results = { ...results };
    if (config) this.evaluationsOf(config);
    for (const slot of ['baseline', 'finetune'] as const) {
      const checkpoint = weights[slot];
      this.weights[slot] = checkpoint;
      if (checkpoint) this.rememberEvaluations(this.pixels, checkpoint.state, evaluations[slot]);
    }
    if (results.sweep) this.measureTrunk(results.sweep.config);
  }

  /** What a run that has gone through has chosen, to be measured on held-out photos; null for runs that choose nothing. */
  chosenBy(run: RunId, config: StudioConfig): Chosen | null {
    if (!MEASURED_ON_HELD_OUT.includes(run)) return null;
    if (run === 'sweep') this.measureTrunk(config);
    const { finetune } = this.weights;
    const weights = run === 'finetune' ? finetune : run === 'evaluate' ? this.weights.best() : this.weights.trunk();
    return weights?.evaluation ? { weights, view: weights.evaluation.view } : null;
  }

  /**
   * After a sweep: the weights that it measured are from now on tested at the best size, or the most accurate one; or in their own
   * view, where no size is as good.
   */
  measureTrunk(config: StudioConfig): void {
    const trunk = this.weights.trunk();
    const { sweep } = this.results;
    const { best, leader, reason } = choiceOf(sweep, this.summary.classes);
    // A part of the sizes says nothing against the view that chose the weights.
    const point = reason === 'sizes-missing' && trunk?.evaluation ? null : (best ?? leader);
    if (!trunk || !point) return;
    const view: EvalView = ownIsBetter(sweep!, point)
      ? validatedIn(trunk, config)
      : { kind: 'eval', resize: point.resize, crop: point.size, ...testOptions(config) };
    const evaluation = this.evaluations.cache.get(trunk.state, this.dataset, view);
    if (evaluation) this.weights.replace(trunk, measuredAnew(trunk, evaluation, { config, dataset: this.dataset }));
  }

  /** The view that chose the best weights; the settings' own where nobody has said. */
  viewToMeasureIn(config: StudioConfig): EvalView {
    const best = this.weights.best();
    const view = best && viewOf(best);
    return view ? evalViewOf(view) : ownView(config);
  }

  /** The weights that a run works on; none for those that start anew. */
  private workedOnBy(run: RunId): Checkpoint | undefined {
    if (startsAnew(run)) return undefined;
    return run === 'evaluate' ? this.weights.best() : this.weights.trunk();
  }

  /** Settings of a run, what its weights say of themselves among them; `evaluate` looks at the pixels that they were measured on. */
  configOf(run: RunId, given: StudioConfig): StudioConfig {
    const weights = this.workedOnBy(run);
    if (!weights) return given;
    const config = settingsOn(weights, given);
    const view = run === 'evaluate' ? viewOf(weights) : null;
    return view ? { ...config, respectExif: view.respectExif } : config;
  }

  /** @throws StudioError `needs-step` for a fine-tuning at the sweep's best size before any was measured. */
  sizeOf(run: RunId, config: StudioConfig): number {
    if (run === 'evaluate') return this.viewToMeasureIn(config).crop;
    if (run !== 'finetune') return config.trainSize;
    const size = this.tuneSizeOf(config);
    if (size === null) {
      throw new StudioError(
        'needs-step',
        'The best size is not known yet',
        'Run the sweep first, or choose a resolution.',
      );
    }
    return size;
  }

  /** The sweep's best size, or the most accurate one where none may be called best; null before any was measured. */
  private tuneSizeOf(config: StudioConfig): number | null {
    const { best, leader } = choiceOf(this.results.sweep, this.summary.classes);
    return config.tuneSize || ((best ?? leader)?.size ?? null);
  }

  /** A run's shape, before it has started: a fine-tuning whose size is not known yet is planned at the size trained at. */
  specOf(run: RunId, config: StudioConfig): RunSpec {
    const { classes, train, validation, test } = this.dataset;
    const { folds } = this.opened;
    const size = run === 'finetune' ? (this.tuneSizeOf(config) ?? config.trainSize) : this.sizeOf(run, config);
    return {
      run,
      config,
      arch: startsAnew(run) ? config.arch : (this.weights.trunk()?.arch ?? config.arch),
      classes: classes.length,
      trainCount: train.length,
      validationCount: validation.length,
      heldOutCount: test.length,
      ...(folds !== undefined && { folds }),
      tuneSize: size,
    };
  }

  answers(): Answers {
    const { dataset, results, weights } = this;
    const { cache } = this.evaluations;
    return predictionsOf({ dataset, cache, results, trunk: weights.trunk(), tuned: weights.finetune });
  }
}
