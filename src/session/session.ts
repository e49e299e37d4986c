/**
 * One page's work: a data set, weights, results, and one run at a time on one GPU. All state is here, as plain data on
 * the CPU, so that losing the GPU loses a run and nothing else.
 */
import type { PhotoLoader } from '../engine/photo/view';
import { fromErrorData, StudioError, toErrorData } from '../engine/base/errors';
import { openDataset } from '../engine/dataset/open';
import { summarise } from '../engine/dataset/summarise';
import type { Dataset, DatasetSummary, FileSource, Orientations, Sample, Split } from '../engine/dataset/types';
import { EvaluationCache } from '../engine/experiments/evaluationCache';
import type { ExperimentContext, Kept } from '../engine/experiments/fit';
import {
  epochsOf,
  parseStudioConfig,
  type RunId,
  RUNS,
  startsAnew,
  startsAsBaseline,
  type StudioConfig,
} from '../engine/experiments/meta';
import { installBackend, type StudioBackend } from '../engine/gpu/backend';
import { openGpu } from '../engine/gpu/device';
import type { AdapterReport } from '../engine/gpu/report';
import { readWeights, weightsToSafetensors } from '../engine/train/checkpoint';
import type { Architecture } from '../engine/models/meta';
import { FEATURE_BYTES } from '../engine/memory/featureCache';
import { stepSpecOf, plannedPhases, type RunSpec } from '../engine/experiments/plan';
import { benchmarkMachine } from '../engine/experiments/benchmark';
import type { MachineBenchmark } from '../engine/base/records';
import { planMemory, outOfMemory } from '../engine/memory/memoryPlan';
import { loadChoices, saveChoices } from '../engine/memory/kernelTuning';
import type { Answers, CommandKind, Commands, RunPlan, StudioEvent, WeightsInfo } from '../protocol/messages';
import { predictionsOf } from './predictions';
import { PhotoSizes } from './apparentSizes';
import { Copies } from './copies';
import { choiceStore } from '../hosts/browser/choiceStore';
import { checkClasses, type Held, WeightStore, infoOf } from './weightStore';
import type { HubService } from '../hosts/browser/hub/hubService';
import { hubCache } from '../hosts/browser/hub/hubCache';
import { countOrientations } from './orientations';
import { clearCopies } from '../hosts/browser/photos/copyStore';
import { DecodePool, finishFor } from '../hosts/browser/photos/decodePool';
import { ProgressMeter, type Rates, secondsOf } from './progress';
import { bestPoint, collect, metricsJson, newResult, predictionsCsv, type Results } from './results';
import { holdLock, rootCause, Runner } from './runner';
import { recordsOf } from './runs';
import { directorySource } from '../hosts/browser/sources/directorySource';
import { FilePortions } from '../hosts/browser/sources/fileSource';
import { sampleSource } from '../hosts/browser/sources/sampleSource';
import { photoViews } from './views';

interface OpenDataset {
  dataset: Dataset;
  summary: DatasetSummary;
  source: FileSource & { dispose?: () => void };
  pool: DecodePool;
  sizes: PhotoSizes;
  copies: Copies;
  /** Null before they have been counted, and where there is nothing to count. */
  orientations: Orientations | null;
  /** Ends what goes on in the background. */
  closed: AbortController;
}

/** Validation photos for folders without a split are drawn with this seed: the split is the folder's, not the run's. */
const SPLIT_SEED = 42;

type Handlers = {
  [K in Exclude<CommandKind, keyof HubService>]: (ask: Commands[K]['ask']) => Promise<Commands[K]['reply']>;
};

export class Session implements Handlers {
  /** Null before the first use and after a failure. */
  private backend: Promise<StudioBackend> | null = null;
  private adapter: AdapterReport | null = null;
  private open: OpenDataset | null = null;
  private portions = new FilePortions();
  private readonly weights = new WeightStore();
  private results: Results = {};
  private config: StudioConfig = parseStudioConfig({});
  private readonly rates: Rates = {};
  private evaluations = { pixels: '', cache: new EvaluationCache() };
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
    const { dataset } = this.opened();
    const backend = await this.connected();
    const sample = sampleOf(dataset, split, index);
    const mayDraw = () => this.refuseWhileRunning();
    const parsed = parseStudioConfig(config);
    const loader = this.loaderFor(parsed, backend);
    const shown = await photoViews({ backend, loader, mayDraw }, sample.path, parsed, { index, epochs });
    return { ...shown, imageId: sample.imageId, label: dataset.classes[sample.label]! };
  }

  async apparentSizes({ config }: Commands['apparentSizes']['ask']): Promise<Commands['apparentSizes']['reply']> {
    return this.opened().sizes.apparent(parseStudioConfig(config));
  }

  async copies({ config: given }: Commands['copies']['ask']): Promise<Commands['copies']['reply']> {
    this.refuseWhileRunning();
    const config = parseStudioConfig(given);
    const { copies, pool } = this.opened();
    pool.respectExif = config.respectExif;
    return copies.report(config);
  }

  async clearCopies(): Promise<object> {
    this.refuseWhileRunning();
    await clearCopies();
    return {};
  }

  async answers(): Promise<Commands['answers']['reply']> {
    return this.currentAnswers();
  }

  async plan({ run, config: given }: Commands['plan']['ask']): Promise<RunPlan> {
    const config = parseStudioConfig(given);
    const shape = this.shapeOf(run, config, this.tuneSizeOf(config) ?? config.trainSize);
    const phases = plannedPhases(shape);
    const training = phases.filter(({ phase }) => phase === 'training');
    const backend = await this.connected();
    const demand = stepSpecOf(shape);
    const room = planMemory(backend, demand, memoryBytesOf(config));
    return {
      memoryBytes: room?.memoryBytes ?? 0,
      microBatch: room?.microBatch ?? 0,
      steps: training.reduce((steps, { images }) => steps + Math.ceil(images / config.batchSize), 0),
      images: phases.reduce((sum, { images }) => sum + images, 0),
      seconds: secondsOf(phases, this.rates),
      refusal: room ? null : toErrorData(outOfMemory(demand, memoryBytesOf(config))),
    };
  }

  async start({ run, config: given }: Commands['start']['ask']): Promise<Commands['start']['reply']> {
    const config = parseStudioConfig(given);
    const { dataset, summary, copies } = this.opened();
    if (summary.refusal) throw new StudioError('bad-dataset', summary.refusal, 'Open another folder.');
    const size = this.resolvedSize(run, config);
    const shape = this.shapeOf(run, config, size);
    const backend = await this.connected();
    const [demand, memoryBytes] = [stepSpecOf(shape), memoryBytesOf(config)];
    if (!planMemory(backend, demand, memoryBytes)) throw outOfMemory(demand, memoryBytes);
    const prepare = this.prepared(run, config, size);
    this.refuseWhileRunning();

    const loader = this.loaderFor(config, backend);
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
      featureBytes: FEATURE_BYTES,
      precision: config.precision,
      tuneSeconds: backend.report.software ? 0 : config.tuneSeconds,
      loader,
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
    result.copies = copies.useOf(config);
    if (result.copies?.failure) {
      const message = `Not all smaller copies could be kept (${result.copies.failure}): they were made anew, and the results are the same.`;
      this.emit({ kind: 'warning', message });
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

  async openShelved({ id }: Commands['openShelved']['ask']): Promise<WeightsInfo> {
    return this.importWeights({ file: await hubCache.open(id), name: id });
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
    const held = this.weights.of(slot);
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
    const held = startsAnew(run) ? null : run === 'evaluate' ? this.weights.latest() : this.weights.trunk();
    if (held) checkClasses(held, dataset.classes);
    const start = startsAsBaseline(run) ? this.weights.start(config, dataset.classes) : null;
    if (start?.note) this.emit({ kind: 'warning', message: start.note });
    return recordsOf(run, {
      config,
      size,
      initial: start?.state ?? null,
      weights: held ?? null,
      onEvaluation: (result) => {
        if (held) held.evaluation = result;
      },
    });
  }

  private keep(slot: 'baseline' | 'finetune', arch: Architecture, { state, origin, evaluation: chosen }: Kept): void {
    const held: Held = { arch, classes: this.opened().dataset.classes, state, origin, evaluation: chosen };
    this.weights[slot] = held;
    if (chosen) this.evaluations.cache.set(state, this.opened().dataset, chosen);
    this.emit({ kind: 'weights', info: infoOf(held) });
  }

  /** Results that new weights below them make void, with the weights that they made. */
  private forget(...runs: RunId[]): void {
    for (const run of runs) {
      delete this.results[run];
      if (run === 'baseline' || run === 'finetune') this.weights[run] = undefined;
    }
  }

  /** Photos turned by their EXIF are other photos, and so are smaller copies. */
  private evaluationsOf({ respectExif, cacheSide }: StudioConfig): EvaluationCache {
    const pixels = `${respectExif} ${cacheSide}`;
    if (this.evaluations.pixels !== pixels) this.evaluations = { pixels, cache: new EvaluationCache() };
    return this.evaluations.cache;
  }

  private currentAnswers(): Answers {
    const { dataset } = this.opened();
    const { cache } = this.evaluations;
    const [trunk, tuned] = [this.weights.trunk()?.state, this.weights.finetune?.state];
    return predictionsOf({ dataset, cache, results: this.results, trunk, tuned });
  }

  private shapeOf(run: RunId, config: StudioConfig, tuneSize: number): RunSpec {
    const { dataset } = this.opened();
    const arch = startsAnew(run) ? config.arch : (this.weights.trunk()?.arch ?? config.arch);
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
    if (summary.refusal && this.open && !this.open.summary.refusal) {
      const message = `${summary.name} was not opened: ${summary.refusal}`;
      throw new StudioError('bad-dataset', message, `${this.open.summary.name} is still open.`);
    }
    this.open?.closed.abort();
    this.open?.copies.dispose();
    this.open?.pool.dispose();
    this.open?.source.dispose?.();
    const pool = new DecodePool(source);
    const sizes = new PhotoSizes(dataset, pool);
    const copies = new Copies(dataset, source, pool);
    const opened = { dataset, summary, source, pool, sizes, copies, orientations: null, closed: new AbortController() };
    this.open = opened;
    this.forget(...RUNS);
    this.emit({ kind: 'dataset', summary });
    void this.countOrientations(opened);
    this.tellWeights();
    return summary;
  }

  private async countOrientations(opened: OpenDataset): Promise<void> {
    await countOrientations(opened.source, opened.dataset, opened.closed.signal, (orientations) => {
      opened.orientations = orientations;
      this.emit({ kind: 'orientations', orientations });
    });
  }

  /** What loads photos with these settings, from now on. */
  private loaderFor(config: StudioConfig, { gpu }: StudioBackend): PhotoLoader {
    const { pool, copies } = this.opened();
    pool.respectExif = config.respectExif;
    pool.finish = finishFor(gpu.report);
    return copies.loaderFor(config);
  }

  private tellWeights(): void {
    const held = this.weights.latest();
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
    const { summary, orientations } = this.opened();
    const held = this.weights.latest();
    return metricsJson({
      config: { ...this.config, ...(held && { arch: held.arch }) },
      dataset: summary,
      orientations,
      results: this.results,
      adapter: this.adapter,
      userAgent: navigator.userAgent,
      weights: held ? infoOf(held) : null,
      predictions: held?.evaluation ?? null,
      answers: this.currentAnswers(),
      now: new Date().toISOString(),
    });
  }
}

function sampleOf(dataset: Dataset, split: Split, index: number): Sample {
  const sample = dataset[split][index];
  if (!sample) throw new StudioError('bad-photo', `There is no ${split} photo ${index}`, 'Open the folder again.');
  return sample;
}

const memoryBytesOf = ({ gpuMemory }: StudioConfig) => gpuMemory * 1e9;
