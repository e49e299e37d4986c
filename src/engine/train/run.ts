/**
 * Epochs of training, each followed by an evaluation, keeping the best weights by strict `>` as the blog does, or the last
 * ones as fastai does: what baseline, fine-tuning and the experiments have in common. A run can be stored after any step and
 * gone on with in another session.
 */
import { selectedValue } from '../analysis/score';
import type { RunRecord } from '../base/records';
import type { Dataset } from '../dataset/types';
import { storeKey } from '../memory/kernelTuning';
import { type Trainable, trainedTensors } from '../models/parts';
import type { Network } from '../models/passes';
import { downloadState } from '../nn/download';
import { type HostState, type NetworkState, notFiniteIn } from '../nn/state';
import { newAverage, type WeightAverage } from '../optim/average';
import type { Optimiser } from '../optim/optimiser';
import { scheduleOf } from '../optim/schedule';
import type { EvalView, ViewSpec } from '../photo/view';
import type { RunContext } from './context';
import { EpochProgress } from './epochProgress';
import { evaluate, type Evaluation } from './evaluate';
import { type Features, fromFeatures, keptFeatures, planFeatures } from './frozenTrunk';
import type { Method } from './method';
import {
  checkRunState,
  type Kept,
  keptOf,
  keptState,
  RUN_STATE_VERSION,
  type RunPosition,
  type RunState,
} from './runState';
import { isNotFinite, notFinite } from './notFinite';
import { lastPhotoIsLone } from './lonePhoto';
import { prepare, setUp, type SetUpOptions, type StepPlan } from './setUp';
import { SmoothedLoss, type SmoothedLossState } from './smoothedLoss';
import { trainEpoch, type EpochOptions } from './trainEpoch';

export interface TrainingContext extends RunContext {
  dataset: Dataset;
  /** Called whenever there are weights to take the place of those before, and once more if a run ends before its first evaluation. */
  keep: (kept: Kept) => void;
  /** Is told of every training as it begins: whoever stores its `state()` asks this. */
  onTraining?: (run: TrainingRun) => void;
  /** What an earlier session stored: the training of that name goes on from there. */
  saved?: RunState | null;
  /**
   * What trainings that ended in an earlier session came to, and what networks of theirs were measured to be, by name. Their
   * weights are not there any more: where only that counts, nothing is done again.
   */
  ended?: ReadonlyMap<string, Evaluation>;
  /** Is told what a network was measured to be whose weights the next session will not have. */
  onMeasured?: (name: string, evaluation: Evaluation) => void;
}

/** Epochs of some part of the network by one method, with an optimiser of their own. */
export interface Stage {
  trainable: Trainable;
  method: Method;
  lr: number;
  weightDecay: number;
  epochs: number;
  /** Which epoch's weights are kept; the best one's if not given. */
  keeps?: 'best' | 'last';
  /** Leaves a last batch of fewer photos out; kept if not given. */
  dropLast?: boolean;
}

export interface TrainingOptions {
  name: string;
  /** In turn. Epochs and the best accuracy are counted through. */
  stages: readonly Stage[];
  batchSize: number;
  seed: number;
  size: number;
  /** Of training, `size` px. */
  spec: ViewSpec;
  /** In place of `spec` in the last epochs of all, whose photos are not mixed. */
  coolDown?: { epochs: number; spec: ViewSpec };
  /** Of validation. */
  view: EvalView;
  /** What the network starts from, where nothing has been written to it yet. */
  initial?: HostState | Promise<HostState>;
  /** What is said of weights that are kept, before their epoch's own record. */
  tellOfKept?: (evaluation: Evaluation) => readonly RunRecord[];
}

/** The average loss has exploded where it is so many times that of guessing. */
const EXPLODED = 100;

/** What a stage has on the GPU besides the network. */
interface Live {
  optimiser: Optimiser;
  average: WeightAverage | null;
  plan: StepPlan | null;
}

export class TrainingRun {
  /** The weights that were kept last. */
  kept: Kept | null = null;
  private readonly at: RunPosition = { stage: 0, before: 0, epoch: 1, bestAccuracy: null, sinceBest: 0 };
  private progress = new EpochProgress();
  private smoothed: SmoothedLoss;
  /** When the epoch began, or would have without interruptions; null between two. */
  private epochStarted: number | null = null;
  private live: Live | null = null;
  /** The network's weights are on the GPU. */
  private written = false;
  /** What the run goes on from, until it does. */
  private saved: RunState | null = null;
  /** The weights as they were stored last, until an epoch's are kept: what is left where numbers go wrong before. */
  private early: Kept | null = null;

  get name(): string {
    return this.o.name;
  }

  /** The network's state changes in place; its owner disposes of it. */
  constructor(
    private readonly context: TrainingContext,
    private readonly network: Network<NetworkState>,
    private readonly o: TrainingOptions,
  ) {
    this.smoothed = this.newSmoothedLoss();
  }

  /**
   * Goes on from there, once `records` is pulled, and keeps what was kept then. Into a run of the same options.
   * @throws StudioError `bad-weights` if the state is of another version or of another training.
   */
  restore(saved: RunState): void {
    checkRunState(saved, this.o.name);
    const { backend, keep } = this.context;
    const { kept, kernels } = saved;
    this.saved = saved;
    Object.assign(this.at, saved.position);
    this.progress = new EpochProgress(saved.progress);
    this.smoothed = this.newSmoothedLoss(saved.smoothed);
    if (kernels.adapter === storeKey(backend.report) && kernels.choices.length > 0) {
      backend.choices = new Map([...(backend.choices ?? []), ...kernels.choices]);
    }
    this.kept = kept && keptOf(kept);
    if (this.kept) keep(this.kept);
    else this.early = this.earlyOf(saved);
  }

  /**
   * Where the run stands when this is called; it may go on meanwhile. Null before its weights are there. Waits for the GPU.
   * @throws StudioError `not-finite` if a step's loss or a weight was; the GPU's failure.
   */
  async state(): Promise<RunState | null> {
    if (!this.written) return this.saved;
    const { live, kept } = this;
    const { backend, now } = this.context;
    const plain = {
      version: RUN_STATE_VERSION,
      name: this.o.name,
      position: { ...this.at },
      milliseconds: this.epochStarted === null ? 0 : now() - this.epochStarted,
      smoothed: this.smoothed.state(),
      kept: kept && keptState(kept),
      plan: live?.plan ?? null,
      kernels: { adapter: storeKey(backend.report), choices: [...(backend.choices ?? [])] },
    };
    // All copies are asked for before the first is waited for, so that they are of one moment.
    const copies = [
      downloadState(backend, this.network.state),
      live ? live.optimiser.saved(backend) : Promise.resolve(null),
      live?.average ? live.average.saved(backend) : Promise.resolve(null),
      this.progress.state(),
    ] as const;
    const [network, optimiser, average, progress] = await Promise.all(copies);
    backend.gpu.throwIfFailed();
    const bad = notFiniteIn(network);
    if (bad) throw notFinite(`${bad} is no finite number in epoch ${plain.position.epoch}`);
    const state = { ...plain, network, optimiser, average, progress };
    this.early = this.kept ? null : this.earlyOf(state);
    return state;
  }

  private earlyOf({ network, average, progress: { steps } }: RunState): Kept {
    const origin = `${this.o.name}, step ${steps} of its first epoch`;
    return { state: average?.weights ?? network, origin, evaluation: null };
  }

  /** @throws what its parts throw; weights of a run that ends before its first evaluation are kept. */
  async *records(): AsyncGenerator<RunRecord, void, undefined> {
    const { stages } = this.o;
    try {
      for (let stage = stages[this.at.stage]; stage; stage = stages[this.at.stage]) {
        yield* this.train(stage);
        if (this.at.stage < stages.length) this.context.backend.releasePool();
      }
    } finally {
      this.written = false;
    }
  }

  private async *train(stage: Stage): AsyncGenerator<RunRecord, void, undefined> {
    const { context, network, o, saved } = this;
    const { batchSize, size, spec, view } = o;
    const { method, epochs, lr, weightDecay, trainable } = stage;
    const number = this.at.stage;
    const training = trainedTensors(network, trainable);
    const initial = saved?.network ?? (this.written ? null : o.initial);
    const stepped: SetUpOptions = { network, training, method, lr, weightDecay, batchSize, size, initial };
    const trunk = { network, training, epochs, batchSize, size, spec, view, objective: method.objective };
    const cached = planFeatures(context, trunk);
    const begun = await setUp(context, stepped, cached?.train ? null : this.photosOf(stage));
    const { first, optimiser } = begun;
    let average: WeightAverage | null = null;
    try {
      if (method.averaging > 0) average = newAverage(context.backend, network.state, method.averaging);
      if (saved?.optimiser) optimiser.restore(context.backend, saved.optimiser);
      if (saved?.average) average?.restore(context.backend, saved.average);
      const live: Live = { optimiser, average, plan: saved?.plan ?? null };
      const milliseconds = saved?.milliseconds ?? 0;
      [this.live, this.written, this.saved] = [live, true, null];
      const room = yield* prepare(context, stepped, begun, live.plan);
      live.plan = { microBatch: room.microBatch, level: room.level };
      const features = yield* keptFeatures(context, trunk, cached, this.at.before);
      const networks = {
        trained: fromFeatures(network, cached, features.train),
        // What is tested and kept.
        tested: fromFeatures(this.tested(average), cached, features.validation),
      };
      const { mode } = training;
      const inputs = { network: networks.trained, mode, room, optimiser, average, features: features.train };
      let prefetched = first;
      this.epochStarted = context.now() - milliseconds;
      while (this.at.stage === number) {
        this.epochStarted ??= context.now();
        yield* this.oneEpoch(stage, { ...inputs, ...(prefetched && { prefetched }) }, networks.tested, features);
        prefetched = null;
      }
    } catch (error) {
      if (this.at.bestAccuracy === null) {
        if (!isNotFinite(error)) await this.keepUnfinished(average);
        else if (this.early) context.keep(this.early);
      }
      throw error;
    } finally {
      this.live = null;
      first?.release();
      average?.release();
      optimiser.release();
    }
  }

  /** The rest of the epoch under way, and its evaluation. */
  private async *oneEpoch(
    stage: Stage,
    inputs: Pick<EpochOptions, 'network' | 'mode' | 'room' | 'optimiser' | 'average' | 'features' | 'prefetched'>,
    tested: Network<NetworkState>,
    { validation: features }: Features,
  ): AsyncGenerator<RunRecord, void, undefined> {
    const { context, o, smoothed } = this;
    const { epoch, before } = this.at;
    const { dataset, now } = context;
    const { optimiser: choice, selectBy = 'accuracy' } = stage.method;
    const schedule = scheduleOf(stage.method.schedule);
    const last = before + stage.epochs;
    const train = yield* trainEpoch(context, {
      ...this.photosOf(stage),
      ...inputs,
      schedule: (progress) => schedule((progress * last - before) / stage.epochs),
      epochs: last,
      smoothed,
    });
    const { batchSize, view } = o;
    const photos = { samples: dataset.validation, batchSize, view, epoch, features };
    const evaluation = yield* evaluate(context, { network: tested, ...photos });
    const validation = evaluation.score;
    const value = selectedValue(validation, selectBy);
    if (!Number.isFinite(validation.loss))
      throw notFinite(`The validation loss became ${validation.loss} in epoch ${epoch}`);
    // The blog starts from 0.0, so weights that get nothing right are never best; the first epoch's are kept all the same.
    const best = this.at.bestAccuracy === null || value > this.at.bestAccuracy;
    const state = best || stage.keeps === 'last' ? await downloadState(this.context.backend, tested.state) : null;
    if (state && o.tellOfKept) yield* o.tellOfKept(evaluation);
    const seconds = (now() - this.epochStarted!) / 1000;
    const shown = choice.kind === 'fastai' && { smoothedLoss: smoothed.value };
    const imagesPerSecond = (train.count + validation.count) / seconds;
    // From here to the record all at once: a state is of before or of after.
    if (state) context.keep((this.kept = { state, origin: `${o.name}, epoch ${epoch}`, evaluation }));
    if (best) this.at.bestAccuracy = value;
    this.at.sinceBest = best ? 0 : this.at.sinceBest + 1;
    this.advance(stage);
    const outcome = { best, ...(stage.keeps === 'last' && { kept: true }) };
    yield { kind: 'epoch', record: { epoch, train, ...shown, validation, ...outcome, seconds, imagesPerSecond } };
  }

  /** To the next epoch, which may be the next stage's. */
  private advance({ epochs, method: { patience } }: Stage): void {
    const { at } = this;
    const over = at.epoch === at.before + epochs || (patience > 0 && at.sinceBest >= patience);
    this.progress = new EpochProgress();
    this.epochStarted = null;
    at.epoch++;
    if (!over) return;
    at.stage++;
    at.before = at.epoch - 1;
    at.sinceBest = 0;
    // What the last optimiser has come to stays a part of the state, for whoever goes on elsewhere.
    if (at.stage < this.o.stages.length) this.live = null;
    this.smoothed = this.newSmoothedLoss();
  }

  private newSmoothedLoss(saved?: SmoothedLossState): SmoothedLoss {
    return new SmoothedLoss(saved, EXPLODED * Math.log(Math.max(2, this.network.classes.length)));
  }

  /** The photos of the epoch under way, from where it stands. */
  private photosOf({ method: { objective }, trainable, dropLast = false }: Stage) {
    const { batchSize, size, seed, coolDown, stages } = this.o;
    const { progress } = this;
    const { epoch } = this.at;
    const epochs = stages.reduce((sum, stage) => sum + stage.epochs, 0);
    const cool = coolDown && epoch > epochs - coolDown.epochs;
    const spec = cool ? coolDown.spec : this.o.spec;
    const drawn = cool ? { ...objective, mixup: 0, cutmix: 0 } : objective;
    const samples = this.context.dataset.train;
    const { arch } = this.network;
    const drops = dropLast || lastPhotoIsLone({ arch, trainable, count: samples.length, batchSize, size });
    return {
      samples,
      batchSize,
      size,
      spec,
      objective: drawn,
      seed,
      epoch,
      progress,
      ...(drops && { dropLast: true }),
    };
  }

  private tested(average: WeightAverage | null): Network<NetworkState> {
    return average ? { ...this.network, state: average.state } : this.network;
  }

  /** A run that ends before its first evaluation still leaves its weights, unless the GPU has failed. */
  private async keepUnfinished(average: WeightAverage | null): Promise<void> {
    const { backend, keep } = this.context;
    try {
      backend.gpu.throwIfFailed();
    } catch {
      return;
    }
    const state = await downloadState(backend, this.tested(average).state);
    const origin = `${this.o.name}, ended in its first epoch`;
    if (!notFiniteIn(state)) keep({ state, origin, evaluation: null });
  }
}

/** A training that begins at its start, or where the context says that it was stopped; whoever wants to know is told. */
function beginRun(context: TrainingContext, network: Network<NetworkState>, o: TrainingOptions): TrainingRun {
  const run = new TrainingRun(context, network, o);
  if (context.saved?.name === o.name) run.restore(context.saved);
  context.onTraining?.(run);
  return run;
}

/** One training. Returns what was kept last: its first epoch's weights at the latest, or it throws. */
export async function* train(
  context: TrainingContext,
  network: Network<NetworkState>,
  o: TrainingOptions,
): AsyncGenerator<RunRecord, Kept, undefined> {
  const run = beginRun(context, network, o);
  yield* run.records();
  return run.kept!;
}
