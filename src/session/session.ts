/**
 * One page's work: a data set, weights, results, and one run at a time on one GPU. All state is here, as plain data on
 * the CPU, so that losing the GPU loses a run and nothing else. It knows its host by one interface.
 */
import { toErrorData } from '../engine/base/errors';
import type { GpuCheck, MachineBenchmark } from '../engine/base/records';
import type { DatasetSummary } from '../engine/dataset/types';
import { parseStudioConfig, RUNS } from '../engine/experiments/meta';
import { plannedPhases, stepSpecOf } from '../engine/experiments/plan';
import type { AdapterReport } from '../engine/gpu/report';
import { outOfMemory, planMemory } from '../engine/memory/memoryPlan';
import { readWeights } from '../engine/train/checkpoint';
import type { ApparentAccuracy, CommandKind, Commands, QueuePlan, RunPlan, StudioEvent } from '../protocol/messages';
import type { KeptProject } from '../protocol/projects';
import type { WeightsInfo } from '../protocol/weights';
import { infoOf, openedFrom, pixelsOf } from './checkpoint';
import { FilePortions } from './filePortions';
import { GpuLink } from './gpuLink';
import type { Host } from './host';
import { Jobs } from './jobs';
import { LookWeights } from './lookWeights';
import { lossesAt } from './lossNotes';
import { PhotoOpening } from './photoOpening';
import { PhotoRoom } from './photoRoom';
import { sampleOf } from './samples';
import { ProjectKeeper } from './keeper';
import { measureMachine } from './measureMachine';
import type { ModelExport } from './modelExport';
import { Project } from './project';
import { type Rates, secondsOf } from './progress';
import { sumOfPlans } from './queuePlan';
import { Runner } from './runner';
import { SessionQueue } from './runQueue';
import { goThroughQueue } from './goThroughQueue';
import { memoryBytesOf, type StepMeans } from './runAttempt';
import { runStep } from './runStep';
import type { SessionFiles } from './sessionFiles';
import type { Similarity } from './similarity';
import { Trials } from './trials';
import { photoViews } from './views';

/** What is going on, told to whoever asks for something else meanwhile. */
const OPENING = 'Photos are being opened';
const OPENING_WEIGHTS = 'Weights are being opened';

/** What the Hub's part of the host answers: it alone asks the network, and keeps what it has got. */
type HubCommand = 'lookUp' | 'download' | 'stopDownload' | 'shelf' | 'openShelved' | 'removeShelved';

type Handlers = {
  [K in Exclude<CommandKind, HubCommand | keyof Trials | keyof PhotoRoom | keyof Similarity>]: (
    ask: Commands[K]['ask'],
  ) => Promise<Commands[K]['reply']>;
};

export class Session implements Handlers {
  private readonly project = new Project();
  private readonly link: GpuLink;
  private portions = new FilePortions('');
  private readonly rates: Rates = {};
  private readonly runner: Runner;
  private readonly lookWeights = new LookWeights();
  private readonly jobs = new Jobs(() => this.lookWeights.release());
  readonly trials: Trials;
  readonly room: PhotoRoom;
  private readonly keeper: ProjectKeeper;
  private readonly queue: SessionQueue;
  private readonly opening: PhotoOpening;

  constructor(
    private readonly host: Host,
    private readonly emit: (event: StudioEvent) => void,
  ) {
    this.runner = new Runner(emit, host.clock);
    this.link = new GpuLink(
      host,
      (error) => emit({ kind: 'deviceLost', error: toErrorData(error) }),
      (until) => emit({ kind: 'gpuAwaited', until }),
    );
    const { project, jobs, link, lookWeights: weights } = this;
    this.keeper = new ProjectKeeper(host, project, emit);
    this.queue = new SessionQueue(project, emit);
    const { keeper, queue } = this;
    this.opening = new PhotoOpening({ host, project, keeper, queue, emit, tellWeights: () => this.tellWeights() });
    this.trials = new Trials({ host, project, jobs, link, weights, emit, photos: () => this.opening.photos });
    this.room = new PhotoRoom({
      project,
      jobs,
      link,
      weights,
      emit,
      photos: () => this.opening.opened(),
      now: host.clock.now,
    });
  }

  async connect(): Promise<AdapterReport> {
    return (await this.link.connected()).report;
  }

  async openDirectory({ handle, ...how }: Commands['openDirectory']['ask']): Promise<DatasetSummary> {
    const onFiles = (files: number) => this.emit({ kind: 'listing', files });
    return this.jobs.exclusively(OPENING, async () => {
      const source = await this.host.openFolder(handle, onFiles);
      return this.opening.open({ source, place: 'folder' }, how);
    });
  }

  async openFiles({ name, files, last, ...how }: Commands['openFiles']['ask']): Promise<DatasetSummary | null> {
    if (this.jobs.busy || this.portions.name !== name) this.portions = new FilePortions(name);
    this.jobs.refuse();
    this.portions.add(files);
    this.emit({ kind: 'listing', files: this.portions.count });
    if (!last) return null;
    const source = this.portions.toSource();
    this.portions = new FilePortions(name);
    return this.jobs.exclusively(OPENING, () => this.opening.open({ source, place: 'files' }, how));
  }

  async understand({ settings }: Commands['understand']['ask']): Promise<DatasetSummary> {
    return this.jobs.exclusively(OPENING, () => this.opening.understand(settings));
  }

  async editPhotos({ changes }: Commands['editPhotos']['ask']): Promise<DatasetSummary> {
    return this.jobs.exclusively(OPENING, () => this.opening.edit(changes));
  }

  async openSample(how: Commands['openSample']['ask'] = {}): Promise<DatasetSummary> {
    const place = 'sample';
    return this.jobs.exclusively(OPENING, () => this.opening.open({ source: this.host.openSample(), place }, how));
  }

  async views({ split, index, config, epochs }: Commands['views']['ask']): Promise<Commands['views']['reply']> {
    this.jobs.refuse();
    const backend = await this.link.connected();
    return this.jobs.look(async (signal) => {
      const { dataset } = this.project;
      const sample = sampleOf(dataset, split, index);
      const parsed = parseStudioConfig(config);
      const loader = this.opening.opened().loaderFor(parsed, backend.report);
      const shown = await photoViews({ backend, loader, signal }, sample.path, parsed, { index, epochs });
      return { ...shown, imageId: sample.imageId, label: dataset.classes[sample.label]! };
    });
  }

  async apparentSizes({ config }: Commands['apparentSizes']['ask']): Promise<Commands['apparentSizes']['reply']> {
    return this.opening.opened().sizes.apparent(parseStudioConfig(config));
  }

  async apparentAccuracy(): Promise<ApparentAccuracy | null> {
    const { apparentAccuracy } = await import('./apparentAccuracy');
    return apparentAccuracy(this.project, this.opening.opened().sizes);
  }

  async copies({ config: given }: Commands['copies']['ask']): Promise<Commands['copies']['reply']> {
    this.jobs.refuse();
    const config = parseStudioConfig(given);
    const { copies, decoder } = this.opening.opened();
    decoder.respectExif = config.respectExif;
    return copies.report(config);
  }

  async clearCopies(): Promise<object> {
    await this.jobs.exclusively('Smaller copies are being deleted', () => this.host.copies.clear());
    return {};
  }

  async answers(): Promise<Commands['answers']['reply']> {
    return this.project.answers();
  }

  async plan({ run, config: given, flopsPerSecond }: Commands['plan']['ask']): Promise<RunPlan> {
    // Dry runs take the thread that trains.
    this.jobs.refuse();
    const config = this.project.configOf(run, parseStudioConfig(given));
    const shape = this.project.specOf(run, config);
    const phases = plannedPhases(shape);
    const training = phases.filter(({ phase }) => phase === 'training');
    const backend = await this.link.connected();
    const demand = stepSpecOf(shape);
    const room = planMemory(backend, demand, memoryBytesOf(config));
    return {
      memoryBytes: room?.memoryBytes ?? 0,
      microBatch: room?.microBatch ?? 0,
      steps: training.reduce((steps, { images }) => steps + Math.ceil(images / config.batchSize), 0),
      images: phases.reduce((sum, { images }) => sum + images, 0),
      seconds: secondsOf(phases, { ...(flopsPerSecond && { training: flopsPerSecond }), ...this.rates }),
      refusal: room ? null : toErrorData(outOfMemory(backend, demand, memoryBytesOf(config))),
      losses: await lossesAt(this.host.values, backend.report, demand),
    };
  }

  async start({ run, config }: Commands['start']['ask']): Promise<Commands['start']['reply']> {
    return this.running((means) => runStep(means, { run, config: parseStudioConfig(config) }));
  }

  /** None where the host refuses. */
  async projects(): Promise<readonly KeptProject[]> {
    return this.keeper.shelf.list().catch(() => []);
  }

  async deleteProject({ id }: Commands['deleteProject']['ask']): Promise<object> {
    await this.keeper.shelf.delete(id);
    return {};
  }

  async keepAgain({ id }: Commands['keepAgain']['ask']): Promise<object> {
    await this.keeper.shelf.keepAgain(id);
    return {};
  }

  async renameProject({ id, name }: Commands['renameProject']['ask']): Promise<object> {
    await this.keeper.rename(id, name);
    return {};
  }

  async salvage({ id }: Commands['salvage']['ask']): Promise<Commands['salvage']['reply']> {
    return this.keeper.shelf.salvage(id);
  }

  async goOn({ most }: Commands['goOn']['ask'] = {}): Promise<Commands['goOn']['reply']> {
    return this.running((means) => goThroughQueue(means, { most, goesOn: true }));
  }

  async planQueue({ runs, config, seeds, flopsPerSecond }: Commands['planQueue']['ask']): Promise<QueuePlan> {
    const plans: RunPlan[] = [];
    for (const run of runs) plans.push(await this.plan({ run, config, flopsPerSecond }));
    return sumOfPlans(plans, seeds);
  }

  async enqueue(ask: Commands['enqueue']['ask']): Promise<object> {
    this.opening.opened();
    this.queue.add({ ...ask, config: parseStudioConfig(ask.config) });
    this.keeper.queueChanged();
    return {};
  }

  async arrangeQueue({ ids }: Commands['arrangeQueue']['ask']): Promise<object> {
    this.queue.arrange(ids);
    this.keeper.queueChanged();
    return {};
  }

  async runQueue({ most }: Commands['runQueue']['ask'] = {}): Promise<Commands['runQueue']['reply']> {
    return this.running((means) => goThroughQueue(means, { most, goesOn: false }));
  }

  async save(): Promise<object> {
    this.runner.save();
    return {};
  }

  private running<T>(work: (means: StepMeans) => Promise<T>): Promise<T> {
    return this.jobs.exclusively('A step is running', async () => {
      const { host, project, link, runner, keeper, queue, rates, emit } = this;
      const tellWeights = () => this.tellWeights();
      try {
        const photos = this.opening.opened();
        const { viewer } = this.room;
        viewer.begin();
        return await work({ host, project, photos, link, runner, keeper, queue, rates, viewer, emit, tellWeights });
      } finally {
        this.runner.end();
        this.room.viewer.end();
      }
    });
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

  async benchmark({ config, quick = false }: Commands['benchmark']['ask']): Promise<MachineBenchmark> {
    const measure = async (signal: AbortSignal) => {
      const backend = await this.link.connected();
      const { photos } = this.opening;
      const open = photos && { source: photos.source, decoder: photos.decoder, dataset: this.project.dataset };
      const memoryBytes = memoryBytesOf(parseStudioConfig(config));
      return measureMachine(this.host, backend, open, { memoryBytes, quick, signal });
    };
    if (quick) return this.jobs.look(measure);
    return this.jobs.exclusively('The machine is being measured', () => measure(new AbortController().signal));
  }

  async checkGpu(): Promise<GpuCheck> {
    return this.jobs.exclusively('The GPU is being checked', async () => {
      const { webgpu, clock } = this.host;
      const backend = await this.link.connected();
      // Stock TensorFlow.js's half of it is nothing that a run needs.
      const { checkGpu } = await import('../engine/check/checkGpu');
      return { at: clock.date().toISOString(), ...(await checkGpu(webgpu, backend, clock.now)) };
    });
  }

  /** Forgets which kernels proved quickest: the next run finds out anew. */
  async forgetChoices(): Promise<object> {
    return this.jobs.exclusively('Kernel timings are being deleted', async () => {
      await this.link.forgetChoices();
      return {};
    });
  }

  async importWeights({ file, name }: Commands['importWeights']['ask']): Promise<WeightsInfo> {
    return this.openWeights(async () => ({ file, licence: null }), name);
  }

  /** Weights whose file the host has somewhere, read once nothing else goes on. */
  async openWeights(open: () => Promise<{ file: Blob; licence: string | null }>, name: string): Promise<WeightsInfo> {
    return this.jobs.exclusively(OPENING_WEIGHTS, async () => {
      const { file, licence } = await open();
      const at = this.host.clock.date();
      const imported = openedFrom(await readWeights(file), { file: name, at, licence });
      this.project.weights.imported = imported;
      this.project.forget(...RUNS);
      this.keeper.projectChanged();
      this.tellWeights();
      return infoOf(imported);
    });
  }

  async closeWeights(): Promise<Commands['closeWeights']['reply']> {
    return this.jobs.exclusively('Weights are being closed', () => {
      const cleared = this.project.closeWeights();
      this.keeper.projectChanged();
      this.tellWeights();
      return Promise.resolve({ cleared });
    });
  }

  async trainElsewhere({ config }: Commands['trainElsewhere']['ask']): Promise<Commands['trainElsewhere']['reply']> {
    const { trainElsewhere } = await formats();
    return trainElsewhere(this.files(), parseStudioConfig(config));
  }

  async importResults({ files }: Commands['importResults']['ask']): Promise<Commands['importResults']['reply']> {
    return this.jobs.exclusively('Results are being opened', async () => {
      const { project, keeper, emit } = this;
      const { readResults } = await import('./torchrun/results');
      const read = await readResults(files, project.dataset);
      project.takeResults(read);
      const runs = RUNS.filter((run) => read.results[run]);
      await keeper.resultsTaken(runs);
      emit({ kind: 'restored', results: project.results, unfinished: null, laterEdits: null });
      this.tellWeights();
      return { runs };
    });
  }

  async exportFile(ask: Commands['exportFile']['ask']): Promise<Commands['exportFile']['reply']> {
    const { exportFile } = await formats();
    return exportFile(this.files(), ask);
  }

  async exportModel(ask: Commands['exportModel']['ask']): Promise<ModelExport> {
    if (!ask.prove) return (await formats()).exportNetwork(this.files(), ask, null);
    const { project, host } = this;
    const { dataset } = project;
    const pixels = pixelsOf(project.weights.of(ask.weights ?? 'best'));
    return this.jobs.exclusively('An exported file is being tried', async () => {
      const backend = await this.link.connected();
      const loader = this.opening.opened().loaderFor(pixels, backend.report);
      try {
        const { exportNetwork } = await formats();
        return await exportNetwork(this.files(), ask, { backend, loader, dataset, runForeign: host.runForeign });
      } finally {
        backend.releasePool();
      }
    });
  }

  private files(): SessionFiles {
    const { project, link, host } = this;
    return {
      project,
      photos: this.opening.photos,
      map: this.opening.photos && this.room.similarity.known(),
      adapter: link.adapter,
      about: host.about,
      now: host.clock.date(),
      runState: (id) => this.keeper.readRun(id)?.training ?? null,
      pageProgram: host.pageProgram,
    };
  }

  private tellWeights(): void {
    const { weights, misfit } = this.project;
    const best = weights.best();
    this.emit({ kind: 'weights', info: best ? infoOf(best) : null, slot: weights.bestSlot(), misfit });
  }
}

/** Loaded when the first file is asked for. */
const formats = () => import('./sessionFiles');
