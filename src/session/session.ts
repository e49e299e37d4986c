/**
 * One page's work: a data set, weights, results, and one run at a time on one GPU. All state is here, as plain data on
 * the CPU, so that losing the GPU loses a run and nothing else.
 */
import type { PhotoLoader } from '../engine/photo/view';
import { fromErrorData, StudioError, toErrorData } from '../engine/base/errors';
import { openDataset } from '../engine/dataset/open';
import { isQuestion } from '../engine/dataset/summarise';
import type { Dataset, DatasetSummary, FileSource, Orientations, Sample, Split } from '../engine/dataset/types';
import type { ExperimentContext } from '../engine/experiments/context';
import { epochsOf, parseStudioConfig, RUNS, startsAnew, type StudioConfig } from '../engine/experiments/meta';
import { installBackend, type StudioBackend } from '../engine/gpu/backend';
import { openGpu } from '../engine/gpu/device';
import type { AdapterReport } from '../engine/gpu/report';
import { readWeights, weightsToSafetensors } from '../engine/train/checkpoint';
import { FEATURE_BYTES } from '../engine/memory/featureCache';
import { stepSpecOf, plannedPhases } from '../engine/experiments/plan';
import type { MachineBenchmark, RunRecord } from '../engine/base/records';
import { planMemory, outOfMemory } from '../engine/memory/memoryPlan';
import { loadChoices, saveChoices } from '../engine/memory/kernelTuning';
import type {
  CommandKind,
  Commands,
  ExportKind,
  RunPlan,
  StudioEvent,
  WeightsInfo,
  WeightsSlot,
} from '../protocol/messages';
import { changesResult, endRun, newRun, reduceRun, type RunResult } from '../protocol/results';
import { PhotoSizes } from './apparentSizes';
import { Copies } from './copies';
import { choiceStore } from '../hosts/browser/choiceStore';
import { historyIn, infoOf, metadataOf, viewOf } from './checkpoint';
import type { HubService } from '../hosts/browser/hub/hubService';
import { hubCache } from '../hosts/browser/hub/hubCache';
import { Jobs } from './jobs';
import { measureMachine } from './measureMachine';
import { countOrientations } from './orientations';
import { clearCopies } from '../hosts/browser/photos/copyStore';
import { DecodePool, finishFor } from '../hosts/browser/photos/decodePool';
import { Project, SPLIT_SEED } from './project';
import { ProgressMeter, type Rates, secondsOf } from './progress';
import { metricsJson, predictionsCsv } from './exports';
import { eventFiles, metricsCsv } from './metricSeries';
import {
  exportedModel,
  exportModel,
  type ModelExport,
  type ModelExportOptions,
  pixelsOf,
  proofsOf,
  rememberProof,
  zipped,
} from './modelExport';
import { runForeign } from '../hosts/browser/runtimes/runForeign';
import type { ExportedFile } from '../engine/exports/model';
import { holdLock, Runner } from './runner';
import { withHeldOut } from './runs';
import { directorySource } from '../hosts/browser/sources/directorySource';
import { FilePortions } from '../hosts/browser/sources/fileSource';
import { sampleSource } from '../hosts/browser/sources/sampleSource';
import { photoViews } from './views';
import { refusalError, refusalSentence } from '../words/dataset';

/** The open folder, and what reads from it. */
interface OpenPhotos {
  source: FileSource & { dispose?: () => void };
  pool: DecodePool;
  sizes: PhotoSizes;
  copies: Copies;
  /** Null before they have been counted, and where there is nothing to count. */
  orientations: Orientations | null;
  /** Ends what goes on in the background. */
  closed: AbortController;
}

/** What is going on, told to whoever asks for something else meanwhile. */
const OPENING = 'Photos are being opened';
const OPENING_WEIGHTS = 'Weights are being opened';

type Handlers = {
  [K in Exclude<CommandKind, keyof HubService>]: (ask: Commands[K]['ask']) => Promise<Commands[K]['reply']>;
};

export class Session implements Handlers {
  /** Null before the first use and after a failure. */
  private backend: Promise<StudioBackend> | null = null;
  private adapter: AdapterReport | null = null;
  private readonly project = new Project();
  private open: OpenPhotos | null = null;
  private portions = new FilePortions('');
  private readonly rates: Rates = {};
  private readonly runner: Runner;
  private readonly jobs = new Jobs();

  constructor(private readonly emit: (event: StudioEvent) => void) {
    this.runner = new Runner(emit);
  }

  async connect(): Promise<AdapterReport> {
    return (await this.connected()).gpu.report;
  }

  async openDirectory({ handle }: Commands['openDirectory']['ask']): Promise<DatasetSummary> {
    const onFiles = (files: number) => this.emit({ kind: 'listing', files });
    return this.jobs.exclusively(OPENING, async () => this.openSource(await directorySource(handle, onFiles)));
  }

  async openFiles({ name, files, last }: Commands['openFiles']['ask']): Promise<DatasetSummary | null> {
    if (this.jobs.busy || this.portions.name !== name) this.portions = new FilePortions(name);
    this.jobs.refuse();
    this.portions.add(files);
    this.emit({ kind: 'listing', files: this.portions.count });
    if (!last) return null;
    const source = this.portions.toSource();
    this.portions = new FilePortions(name);
    return this.jobs.exclusively(OPENING, () => this.openSource(source));
  }

  async understand({ settings }: Commands['understand']['ask']): Promise<DatasetSummary> {
    return this.jobs.exclusively(OPENING, async () => {
      const { source } = this.opened();
      return this.useDataset(source, await openDataset(source, { seed: SPLIT_SEED, settings }));
    });
  }

  async openSample(): Promise<DatasetSummary> {
    return this.jobs.exclusively(OPENING, () => this.openSource(sampleSource()));
  }

  async photo({ split, index, maxSide }: Commands['photo']['ask']): Promise<Commands['photo']['reply']> {
    const { pool } = this.opened();
    const { dataset } = this.project;
    const sample = sampleOf(dataset, split, index);
    const blob = await pool.thumbnail(sample.path, maxSide);
    return { blob, imageId: sample.imageId, label: dataset.classes[sample.label]! };
  }

  async views({ split, index, config, epochs }: Commands['views']['ask']): Promise<Commands['views']['reply']> {
    this.jobs.refuse();
    const backend = await this.connected();
    return this.jobs.look(async (signal) => {
      const { dataset } = this.project;
      const sample = sampleOf(dataset, split, index);
      const parsed = parseStudioConfig(config);
      const loader = this.loaderFor(parsed, backend);
      const shown = await photoViews({ backend, loader, signal }, sample.path, parsed, { index, epochs });
      return { ...shown, imageId: sample.imageId, label: dataset.classes[sample.label]! };
    });
  }

  async apparentSizes({ config }: Commands['apparentSizes']['ask']): Promise<Commands['apparentSizes']['reply']> {
    return this.opened().sizes.apparent(parseStudioConfig(config));
  }

  async copies({ config: given }: Commands['copies']['ask']): Promise<Commands['copies']['reply']> {
    this.jobs.refuse();
    const config = parseStudioConfig(given);
    const { copies, pool } = this.opened();
    pool.respectExif = config.respectExif;
    return copies.report(config);
  }

  async clearCopies(): Promise<object> {
    await this.jobs.exclusively('Smaller copies are being deleted', clearCopies);
    return {};
  }

  async answers(): Promise<Commands['answers']['reply']> {
    return this.project.answers();
  }

  async plan({ run, config: given }: Commands['plan']['ask']): Promise<RunPlan> {
    // Dry runs take the thread that trains.
    this.jobs.refuse();
    const config = parseStudioConfig(given);
    const shape = this.project.specOf(run, config);
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
      refusal: room ? null : toErrorData(outOfMemory(backend, demand, memoryBytesOf(config))),
    };
  }

  async start(ask: Commands['start']['ask']): Promise<Commands['start']['reply']> {
    return this.jobs.exclusively('A step is running', async () => {
      try {
        return await this.run(ask);
      } finally {
        this.runner.end();
      }
    });
  }

  private async run({ run, config: given }: Commands['start']['ask']): Promise<Commands['start']['reply']> {
    const { project } = this;
    const config = project.configOf(run, parseStudioConfig(given));
    const { copies, sizes } = this.opened();
    if (project.holdOut(run, config.heldOut)) this.emit({ kind: 'dataset', summary: project.summary });
    const { dataset, summary } = project;
    if (summary.refusal) throw refusalError(summary.refusal);
    const size = project.sizeOf(run, config);
    const shape = project.specOf(run, config);
    const backend = await this.connected();
    const [demand, memoryBytes] = [stepSpecOf(shape), memoryBytesOf(config)];
    if (!planMemory(backend, demand, memoryBytes)) throw outOfMemory(backend, demand, memoryBytes);
    const { records, note, history } = project.prepare(run, config, size);
    if (note) this.emit({ kind: 'warning', message: note });

    const loader = this.loaderFor(config, backend);
    const signal = this.runner.begin(run);
    const started = performance.now();
    const fresh = newRun({ run, config, size, startedAt: new Date().toISOString() });
    const { id } = fresh;
    if (run === 'baseline') project.forget(...RUNS.filter((one) => !startsAnew(one)));
    project.results[run] = fresh;
    this.emit({ kind: 'runStarted', result: fresh });
    this.tellWeights();
    const tell = (records: readonly RunRecord[]) => {
      const told = records.filter(changesResult);
      if (told.length === 0) return;
      project.results[run] = reduceRun(project.results[run]!, told);
      this.emit({ kind: 'records', id, records: told });
    };
    const unreadable = new Set<string>();
    const context: ExperimentContext = {
      backend,
      dataset,
      photoSizes: () => sizes.of(config),
      cache: project.evaluationsOf(config),
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
        tell([{ kind: 'unreadable', path, reason }]);
        this.emit({ kind: 'warning', message: reason });
      },
      keep: (kept) => {
        project.keep(fresh, { arch: shape.arch, history }, kept);
        this.tellWeights();
      },
    };
    const meter = new ProgressMeter(run, epochsOf(run, config), plannedPhases(shape), this.rates, () =>
      performance.now(),
    );
    const lock = holdLock();
    let ended: 'done' | 'stopped' | 'failed' = 'done';
    let error: RunResult['error'] = null;
    try {
      const chosen = () => project.chosenBy(run, config);
      const all = withHeldOut(records(context), context, { batchSize: config.batchSize, chosen });
      await this.runner.consume(all, meter, tell);
    } catch (thrown) {
      ended = signal.aborted ? 'stopped' : 'failed';
      if (!signal.aborted) error = toErrorData(await backend.gpu.rootCause(thrown));
    } finally {
      lock.release();
      if (backend.choices) await saveChoices(choiceStore, backend.report, backend.choices);
      // Memory of this run's sizes is of no use to the next.
      backend.releasePool();
    }
    const use = copies.useOf(config);
    if (use?.failure) {
      const message = `Not all smaller copies could be kept (${use.failure}): they were made anew, and the results are the same.`;
      this.emit({ kind: 'warning', message });
    }
    const end = { ended, error, seconds: (performance.now() - started) / 1000, copies: use };
    project.results[run] = endRun(project.results[run], end);
    if (run === 'sweep') project.measureTrunk(config);
    this.emit({ kind: 'runEnded', id, ...end });
    this.tellWeights();
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

  async benchmark({ config }: Commands['benchmark']['ask']): Promise<MachineBenchmark> {
    return this.jobs.exclusively('The machine is being measured', async () => {
      const backend = await this.connected();
      const open = this.open && { ...this.open, dataset: this.project.dataset };
      return measureMachine(backend, open, memoryBytesOf(parseStudioConfig(config)));
    });
  }

  /** Forgets which kernels proved quickest: the next run finds out anew. */
  async forgetChoices(): Promise<object> {
    return this.jobs.exclusively('Kernel timings are being deleted', async () => {
      (await this.connected()).choices = undefined;
      await choiceStore.clear();
      return {};
    });
  }

  async openShelved({ id }: Commands['openShelved']['ask']): Promise<WeightsInfo> {
    return this.jobs.exclusively(OPENING_WEIGHTS, async () => this.openWeights(await hubCache.open(id), id));
  }

  async importWeights({ file, name }: Commands['importWeights']['ask']): Promise<WeightsInfo> {
    return this.jobs.exclusively(OPENING_WEIGHTS, () => this.openWeights(file, name));
  }

  private async openWeights(file: Blob, name: string): Promise<WeightsInfo> {
    const read = await readWeights(file);
    const { metadata, arch, classes, state } = read;
    const opened = { run: 'import', name: `imported from ${name}`, madeAt: new Date().toISOString() } as const;
    const history = [...historyIn(metadata), { ...opened, config: null, data: null, view: null, score: null }];
    const imported = { arch, classes, state, history, evaluation: null };
    this.project.weights.imported = imported;
    this.project.forget(...RUNS);
    this.tellWeights();
    return infoOf(imported);
  }

  async exportFile({ what, weights: slot = 'best' }: Commands['exportFile']['ask']) {
    if (what === 'metrics')
      return { blob: new Blob([this.metrics()], { type: 'application/json' }), fileName: 'metrics.json' };
    if (what === 'metricsCsv')
      return { blob: new Blob([metricsCsv(this.project.results)], { type: 'text/csv' }), fileName: 'metrics.csv' };
    if (what === 'tensorboard')
      return { blob: await zipped(eventFiles(this.project.results)), fileName: 'tensorboard.zip' };
    const checkpoint = this.project.weights.of(slot);
    if (what === 'weights') {
      return { blob: weightsToSafetensors(checkpoint, metadataOf(checkpoint)), fileName: 'weights.safetensors' };
    }
    const { evaluation } = checkpoint;
    const view = viewOf(checkpoint);
    if (!evaluation || !view) {
      throw new StudioError(
        'needs-step',
        'These weights have not been evaluated yet',
        'Run the sweep or an evaluation.',
      );
    }
    const csv = predictionsCsv(this.project.dataset, evaluation, view);
    return { blob: new Blob([csv], { type: 'text/csv' }), fileName: 'predictions.csv' };
  }

  async exportModel({ format, weights: slot = 'best', prove }: Commands['exportModel']['ask']): Promise<ModelExport> {
    const checkpoint = this.project.weights.of(slot);
    const options: Omit<ModelExportOptions, 'proof'> = {
      format,
      model: exportedModel(checkpoint, this.project.results),
      beside: () => this.besideNetworks(slot),
      onProof: (proof) => rememberProof(checkpoint.state, proof),
    };
    if (!prove) return exportModel({ ...options, proof: null });
    const { dataset } = this.project;
    return this.jobs.exclusively('An exported file is being tried', async () => {
      const backend = await this.connected();
      const loader = this.loaderFor(pixelsOf(checkpoint), backend);
      try {
        return await exportModel({ ...options, proof: { backend, loader, dataset, runForeign } });
      } finally {
        backend.releasePool();
      }
    });
  }

  /** All else that there is of a session, for the archive of everything. */
  private async besideNetworks(slot: WeightsSlot): Promise<ExportedFile[]> {
    const { evaluation } = this.project.weights.of(slot);
    const ofPhotos: ExportKind[] = evaluation ? ['metrics', 'metricsCsv', 'predictions'] : ['metrics', 'metricsCsv'];
    const kinds: ExportKind[] = ['weights', ...(this.open ? ofPhotos : [])];
    const files = await Promise.all(kinds.map((what) => this.exportFile({ what, weights: slot })));
    return [...files.map(({ blob, fileName: path }) => ({ path, blob })), ...eventFiles(this.project.results)];
  }

  private async openSource(source: OpenPhotos['source']): Promise<DatasetSummary> {
    const dataset = await openDataset(source, { seed: SPLIT_SEED });
    const { refusal, name } = dataset;
    if (refusal && !isQuestion(dataset) && this.open && !this.project.summary.refusal) {
      const message = `${name} was not opened: ${refusalSentence(refusal)}`;
      throw new StudioError('bad-dataset', message, `${this.project.summary.name} is still open.`);
    }
    return this.useDataset(source, dataset);
  }

  /** What was open is closed, but for the source where it stays the same. */
  private useDataset(source: OpenPhotos['source'], dataset: Dataset): DatasetSummary {
    this.open?.closed.abort();
    this.open?.copies.dispose();
    this.open?.pool.dispose();
    if (this.open?.source !== source) this.open?.source.dispose?.();
    const pool = new DecodePool(source);
    const sizes = new PhotoSizes(dataset, pool);
    const copies = new Copies(dataset, source, pool);
    const opened = { source, pool, sizes, copies, orientations: null, closed: new AbortController() };
    this.open = opened;
    const summary = this.project.setPhotos(dataset);
    this.emit({ kind: 'dataset', summary });
    void this.countOrientations(opened, dataset);
    this.tellWeights();
    return summary;
  }

  private async countOrientations(opened: OpenPhotos, dataset: Dataset): Promise<void> {
    await countOrientations(opened.source, dataset, opened.closed.signal, (orientations) => {
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
    const { weights } = this.project;
    const best = weights.best();
    this.emit({ kind: 'weights', info: best ? infoOf(best) : null, slot: weights.bestSlot() });
  }

  private opened(): OpenPhotos {
    if (!this.open) throw new StudioError('needs-step', 'No photos are open', 'Open a folder of photos first.');
    return this.open;
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
    const { summary, results, weights } = this.project;
    return metricsJson({
      dataset: summary,
      orientations: this.opened().orientations,
      results,
      adapter: this.adapter,
      userAgent: navigator.userAgent,
      weights: weights.best() ?? null,
      slot: weights.bestSlot(),
      answers: this.project.answers(),
      proofs: proofsOf(weights.best()?.state),
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
