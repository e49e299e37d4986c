/**
 * One page's work: a data set, weights, results, and one run at a time on one GPU. All state is here, as plain data on
 * the CPU, so that losing the GPU loses a run and nothing else.
 */
import { fromErrorData, StudioError, toErrorData } from '../engine/base/errors';
import { openDataset } from '../engine/dataset/open';
import { summarise } from '../engine/dataset/summarise';
import type { Dataset, DatasetSummary, FileSource, Sample, Split } from '../engine/dataset/types';
import { EvaluationCache } from '../engine/experiments/evaluationCache';
import type { ExperimentContext, Kept } from '../engine/experiments/fit';
import { parseStudioConfig, type RunId, RUNS, startsAnew, type StudioConfig } from '../engine/experiments/meta';
import { installBackend, type StudioBackend } from '../engine/gpu/backend';
import { openGpu } from '../engine/gpu/device';
import type { AdapterReport } from '../engine/gpu/report';
import { readWeights, weightsToSafetensors } from '../engine/train/checkpoint';
import type { Architecture } from '../engine/models/meta';
import type { HostState } from '../engine/nn/state';
import type { Evaluation } from '../engine/train/evaluate';
import { demandOf, plannedPhases, type RunShape } from '../engine/train/plan';
import { benchmarkMachine } from '../engine/train/benchmark';
import type { MachineBenchmark } from '../engine/train/records';
import { findRoom, noRoom } from '../engine/train/room';
import { loadChoices, saveChoices } from '../engine/train/tune';
import type { CommandKind, Commands, RunPlan, StudioEvent, WeightsInfo, WeightsSlot } from '../protocol/messages';
import { choiceStore } from './choiceStore';
import { DecodePool, finishFor } from './photos/decodePool';
import { ProgressMeter, type Rates, secondsOf } from './progress';
import { bestPoint, collect, metricsJson, newResult, predictionsCsv, type Results } from './results';
import { Runner } from './runner';
import { recordsOf } from './runs';
import { directorySource } from './sources/directorySource';
import { FilePortions } from './sources/fileSource';
import { sampleSource } from './sources/sampleSource';
import { photoViews } from './views';

/** Weights in memory, and the last evaluation made with them. */
interface Held {
  arch: Architecture;
  classes: readonly string[];
  state: HostState;
  origin: string;
  evaluation: Evaluation | null;
}

interface OpenDataset {
  dataset: Dataset;
  summary: DatasetSummary;
  source: FileSource & { dispose?: () => void };
  pool: DecodePool;
}

/** Validation photos for folders without a split are drawn with this seed: the split is the folder's, not the run's. */
const SPLIT_SEED = 42;

const LOSS_TOLD_WITHIN_MS = 300;

type Handlers = { [K in CommandKind]: (ask: Commands[K]['ask']) => Promise<Commands[K]['reply']> };

export class Session implements Handlers {
  /** Null before the first use and after a failure. */
  private backend: Promise<StudioBackend> | null = null;
  private adapter: AdapterReport | null = null;
  private open: OpenDataset | null = null;
  private portions = new FilePortions();
  private readonly weights: Partial<Record<'imported' | 'baseline' | 'finetune', Held>> = {};
  private results: Results = {};
  private config: StudioConfig = parseStudioConfig({});
  private readonly rates: Rates = {};
  private evaluations = { respectExif: false, cache: new EvaluationCache() };
  private readonly runner: Runner;
  private benchmarking = false;

  constructor(private readonly emit: (event: StudioEvent) => void) {
    this.runner = new Runner(emit);
  }

  async connect(): Promise<AdapterReport> {
    return (await this.connected()).gpu.report;
  }

  async openDirectory({ handle }: Commands['openDirectory']['ask']): Promise<DatasetSummary> {
    const listing = directorySource(handle, (files) => this.emit({ kind: 'listing', files }));
    return this.openSource(await listing);
  }

  async openFiles({ name, files, last }: Commands['openFiles']['ask']): Promise<DatasetSummary | null> {
    this.portions.add(files);
    this.emit({ kind: 'listing', files: this.portions.count });
    if (!last) return null;
    const source = this.portions.toSource(name);
    this.portions = new FilePortions();
    return this.openSource(source);
  }

  async openSample(): Promise<DatasetSummary> {
    return this.openSource(sampleSource());
  }

  async photo({ split, index, maxSide }: Commands['photo']['ask']): Promise<Commands['photo']['reply']> {
    const { dataset, pool } = this.opened();
    const sample = sampleOf(dataset, split, index);
    const blob = await pool.thumbnail(sample.path, maxSide);
    return { blob, imageId: sample.imageId, label: dataset.classes[sample.label]! };
  }

  async views({ split, index, config, epochs }: Commands['views']['ask']): Promise<Commands['views']['reply']> {
    this.refuseWhileRunning();
    const { dataset, pool } = this.opened();
    const backend = await this.connected();
    const sample = sampleOf(dataset, split, index);
    const mayDraw = () => this.refuseWhileRunning();
    const parsed = parseStudioConfig(config);
    pool.respectExif = parsed.respectExif;
    pool.finish = finishFor(backend.gpu.report);
    const shown = await photoViews({ backend, loader: pool, mayDraw }, sample.path, parsed, {
      index,
      epochs,
    });
    return { ...shown, imageId: sample.imageId, label: dataset.classes[sample.label]! };
  }

  async plan({ run, config: given }: Commands['plan']['ask']): Promise<RunPlan> {
    const config = parseStudioConfig(given);
    const shape = this.shapeOf(run, config, this.tuneSizeOf(config) ?? config.trainSize);
    const phases = plannedPhases(shape);
    const training = phases.filter(({ phase }) => phase === 'training');
    const backend = await this.connected();
    const demand = demandOf(shape);
    const room = findRoom(backend, demand, memoryBytesOf(config));
    return {
      memoryBytes: room?.memoryBytes ?? 0,
      microBatch: room?.microBatch ?? 0,
      steps: training.reduce((steps, { images }) => steps + Math.ceil(images / config.batchSize), 0),
      images: phases.reduce((sum, { images }) => sum + images, 0),
      seconds: secondsOf(phases, this.rates),
      refusal: room ? null : toErrorData(noRoom(demand, memoryBytesOf(config))),
    };
  }

  async start({ run, config: given }: Commands['start']['ask']): Promise<Commands['start']['reply']> {
    const config = parseStudioConfig(given);
    const { dataset, summary, pool } = this.opened();
    if (summary.refusal) throw new StudioError('bad-dataset', summary.refusal, 'Open another folder.');
    const size = this.resolvedSize(run, config);
    const shape = this.shapeOf(run, config, size);
    const backend = await this.connected();
    const [demand, memoryBytes] = [demandOf(shape), memoryBytesOf(config)];
    if (!findRoom(backend, demand, memoryBytes)) throw noRoom(demand, memoryBytes);
    const prepare = this.prepared(run, config, size);
    this.refuseWhileRunning();

    pool.respectExif = config.respectExif;
    pool.finish = finishFor(backend.gpu.report);
    const signal = this.runner.begin(run);
    const started = performance.now();
    const result = newResult(config, size, new Date().toISOString());
    this.config = config;
    this.results[run] = result;
    this.emit({ kind: 'runStarted', run, config, resolvedSize: size, startedAt: result.startedAt });
    if (run === 'baseline') {
      this.forget(...RUNS.filter((one) => !startsAnew(one)));
      this.tellWeights();
    }
    const unreadable = new Set<string>();
    const context: ExperimentContext = {
      backend,
      dataset,
      cache: this.evaluationsOf(config),
      signal,
      memoryBytes,
      precision: config.precision,
      tuneSeconds: backend.report.software ? 0 : config.tuneSeconds,
      loader: pool,
      now: () => performance.now(),
      onUnreadable: (path, reason) => {
        if (unreadable.has(path)) return;
        unreadable.add(path);
        result.unreadable.push(reason);
        this.emit({ kind: 'warning', message: reason });
      },
      keep: (kept) => this.keep(run === 'finetune' ? 'finetune' : 'baseline', shape.arch, kept),
    };
    const meter = new ProgressMeter(run, epochsOf(run, config), plannedPhases(shape), this.rates, () =>
      performance.now(),
    );
    const lock = holdLock();
    try {
      await this.runner.consume(run, prepare(context), meter, (record) => collect(result, record));
      result.ended = 'done';
    } catch (thrown) {
      result.ended = signal.aborted ? 'stopped' : 'failed';
      if (!signal.aborted) result.error = toErrorData(await rootCause(thrown, backend));
    } finally {
      lock.release();
      if (backend.choices) await saveChoices(choiceStore, backend.report, backend.choices);
      // Memory of this run's sizes is of no use to the next.
      backend.releasePool();
    }
    result.seconds = (performance.now() - started) / 1000;
    const { ended, error, seconds } = result;
    this.emit({ kind: 'runEnded', run, ended, error, seconds });
    this.runner.end();
    if (error) throw fromErrorData(error);
    return { ended: ended === 'done' ? 'done' : 'stopped' };
  }

  async pause(): Promise<object> {
    this.runner.pause();
    return {};
  }

  async resume(): Promise<object> {
    this.runner.resume();
    return {};
  }

  async stop(): Promise<object> {
    this.runner.stop();
    return {};
  }

  async benchmark(): Promise<MachineBenchmark> {
    this.refuseWhileRunning();
    const backend = await this.connected();
    const memoryBytes = memoryBytesOf(this.config);
    const signal = new AbortController().signal;
    this.benchmarking = true;
    try {
      const run = benchmarkMachine(backend, { now: () => performance.now(), signal, memoryBytes });
      for (;;) {
        const step = await run.next();
        if (step.done) return step.value;
      }
    } finally {
      this.benchmarking = false;
      backend.releasePool();
    }
  }

  /** Forgets which kernels proved quickest: the next run finds out anew. */
  async forgetChoices(): Promise<object> {
    this.refuseWhileRunning();
    (await this.connected()).choices = undefined;
    await choiceStore.clear();
    return {};
  }

  async importWeights({ file, name }: Commands['importWeights']['ask']): Promise<WeightsInfo> {
    this.refuseWhileRunning();
    const read = await readWeights(file);
    this.weights.imported = { ...read, origin: `imported from ${name}`, evaluation: null };
    this.forget(...RUNS);
    this.emit({ kind: 'weights', info: infoOf(this.weights.imported) });
    return infoOf(this.weights.imported);
  }

  async exportFile({ what, weights: slot = 'latest' }: Commands['exportFile']['ask']) {
    if (what === 'metrics')
      return { blob: new Blob([this.metrics()], { type: 'application/json' }), fileName: 'metrics.json' };
    const held = this.held(slot);
    if (what === 'weights') {
      const config = JSON.stringify({ ...this.config, arch: held.arch });
      const blob = weightsToSafetensors(held, { config, origin: held.origin, producer: 'FixRes Studio' });
      return { blob, fileName: 'weights.safetensors' };
    }
    if (!held.evaluation) {
      throw new StudioError(
        'needs-step',
        'These weights have not been evaluated yet',
        'Run the sweep or an evaluation.',
      );
    }
    const csv = predictionsCsv(this.opened().dataset, held.evaluation);
    return { blob: new Blob([csv], { type: 'text/csv' }), fileName: 'predictions.csv' };
  }

  /** The run as a function of its context, everything that it needs checked to be there. */
  private prepared(run: RunId, config: StudioConfig, size: number) {
    const { dataset } = this.opened();
    const held = startsAnew(run) ? null : run === 'evaluate' ? this.latest() : this.trunk();
    if (held) checkClasses(held, dataset.classes);
    return recordsOf(run, {
      config,
      dataset,
      size,
      initial: run === 'baseline' ? this.startingWeights(config) : null,
      weights: held ?? null,
      onEvaluation: (result) => {
        if (held) held.evaluation = result;
      },
    });
  }

  /** Imported weights are where a baseline starts from. */
  private startingWeights(config: StudioConfig): HostState | null {
    const { imported } = this.weights;
    if (!imported) return null;
    if (imported.arch !== config.arch) {
      throw new StudioError(
        'bad-weights',
        `The weights ${imported.origin} are a ${imported.arch}; the settings say ${config.arch}`,
        'Choose the same network in the settings.',
      );
    }
    checkClasses(imported, this.opened().dataset.classes);
    return imported.state;
  }

  /** What sweep and fine-tuning work on. */
  private trunk(): Held | undefined {
    return this.weights.baseline ?? this.weights.imported;
  }

  private latest(): Held | undefined {
    return this.weights.finetune ?? this.trunk();
  }

  private held(slot: WeightsSlot): Held {
    const held = { latest: this.latest(), baseline: this.trunk(), finetune: this.weights.finetune }[slot];
    if (!held)
      throw new StudioError('needs-step', 'There are no weights yet', 'Train a baseline first, or open weights.');
    return held;
  }

  private keep(slot: 'baseline' | 'finetune', arch: Architecture, { state, origin, evaluation: chosen }: Kept): void {
    const held: Held = { arch, classes: this.opened().dataset.classes, state, origin, evaluation: chosen };
    this.weights[slot] = held;
    this.emit({ kind: 'weights', info: infoOf(held) });
  }

  /** Results that new weights below them make void, with the weights that they made. */
  private forget(...runs: RunId[]): void {
    for (const run of runs) {
      delete this.results[run];
      if (run === 'baseline' || run === 'finetune') delete this.weights[run];
    }
  }

  /** Photos turned by their EXIF are other photos. */
  private evaluationsOf({ respectExif }: StudioConfig): EvaluationCache {
    if (this.evaluations.respectExif !== respectExif) {
      this.evaluations = { respectExif, cache: new EvaluationCache() };
    }
    return this.evaluations.cache;
  }

  private shapeOf(run: RunId, config: StudioConfig, tuneSize: number): RunShape {
    const { dataset } = this.opened();
    const arch = startsAnew(run) ? config.arch : (this.trunk()?.arch ?? config.arch);
    const [trainCount, validationCount] = [dataset.train.length, dataset.validation.length];
    return { run, config, arch, classes: dataset.classes.length, trainCount, validationCount, tuneSize };
  }

  private resolvedSize(run: RunId, config: StudioConfig): number {
    if (run !== 'finetune') return run === 'evaluate' ? config.evalCrop : config.trainSize;
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

  /** Null while it is to be the sweep's best and there is none. */
  private tuneSizeOf(config: StudioConfig): number | null {
    return config.tuneSize || (bestPoint(this.results.sweep?.points ?? [])?.size ?? null);
  }

  private async openSource(source: OpenDataset['source']): Promise<DatasetSummary> {
    this.refuseWhileRunning();
    const dataset = await openDataset(source, { seed: SPLIT_SEED });
    const summary = summarise(dataset);
    this.open?.pool.dispose();
    this.open?.source.dispose?.();
    this.open = { dataset, summary, source, pool: new DecodePool(source) };
    this.forget(...RUNS);
    this.emit({ kind: 'dataset', summary });
    this.tellWeights();
    return summary;
  }

  private tellWeights(): void {
    const held = this.latest();
    this.emit({ kind: 'weights', info: held ? infoOf(held) : null });
  }

  private opened(): OpenDataset {
    if (!this.open) throw new StudioError('needs-step', 'No photos are open', 'Open a folder of photos first.');
    return this.open;
  }

  private refuseWhileRunning(): void {
    if (this.runner.busy) throw new StudioError('busy', 'A run is going on', 'Stop it first.');
    if (this.benchmarking) throw new StudioError('busy', 'The machine is being measured', 'Wait a minute.');
  }

  /** The backend; a new one where there is none yet or the last one's device has failed. */
  private connected(): Promise<StudioBackend> {
    this.backend ??= this.newBackend().catch((error: unknown) => {
      this.backend = null;
      throw error;
    });
    return this.backend;
  }

  private async newBackend(): Promise<StudioBackend> {
    const gpu = await openGpu(navigator.gpu);
    gpu.onFailure((error) => {
      this.backend = null;
      if (error.code === 'device-lost') this.emit({ kind: 'deviceLost', error: toErrorData(error) });
    });
    this.adapter = gpu.report;
    const backend = await installBackend(gpu);
    backend.choices = await loadChoices(choiceStore, gpu.report);
    return backend;
  }

  private metrics(): string {
    const { summary } = this.opened();
    const held = this.latest();
    return metricsJson({
      config: { ...this.config, ...(held && { arch: held.arch }) },
      dataset: summary,
      results: this.results,
      adapter: this.adapter,
      userAgent: navigator.userAgent,
      weights: held ? infoOf(held) : null,
      predictions: held?.evaluation ?? null,
      now: new Date().toISOString(),
    });
  }
}

function sampleOf(dataset: Dataset, split: Split, index: number): Sample {
  const sample = dataset[split][index];
  if (!sample) throw new StudioError('bad-photo', `There is no ${split} photo ${index}`, 'Open the folder again.');
  return sample;
}

function infoOf({ arch, classes, origin }: Held): WeightsInfo {
  return { arch, classes, origin };
}

function checkClasses({ classes, origin }: Held, expected: readonly string[]): void {
  if (classes.length === expected.length) return;
  throw new StudioError(
    'bad-weights',
    `The weights (${origin}) tell ${classes.length} classes apart; the photos have ${expected.length}`,
    'Open the photos that the weights were trained on, or train a new baseline.',
  );
}

/** A lost device first shows as a failure of whatever waited for it; the loss itself is told a moment later. */
async function rootCause(thrown: unknown, { gpu }: StudioBackend): Promise<unknown> {
  await new Promise((resolve) => setTimeout(resolve, LOSS_TOLD_WITHIN_MS));
  try {
    gpu.throwIfFailed();
    return thrown;
  } catch (failure) {
    return failure;
  }
}

/** A Web Lock keeps browsers from freezing the page while it trains in the background. */
function holdLock(): { release: () => void } {
  let release = () => {};
  void navigator.locks.request(
    'fixres-studio-run',
    { mode: 'shared' },
    () => new Promise<void>((resolve) => (release = resolve)),
  );
  return { release: () => release() };
}

/** That one training of the run goes through; 0 where it only measures. */
function epochsOf(run: RunId, config: StudioConfig): number {
  if (run === 'sweep' || run === 'evaluate' || run === 'adaptation') return 0;
  return startsAnew(run) ? config.epochs : config.tuneEpochs;
}

const memoryBytesOf = ({ gpuMemory }: StudioConfig) => gpuMemory * 1e9;
