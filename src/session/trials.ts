/** Photos that nobody has labelled, through weights of the session: one exclusive job at a time, and what came of the last. */
import { meanLogits, probabilitiesOf } from '../engine/analysis/score';
import { StudioError } from '../engine/base/errors';
import type { RunRecord } from '../engine/base/records';
import { fileName, listFolder } from '../engine/dataset/listing';
import { unpacked } from '../engine/sources/packed';
import type { FileSource, Sample } from '../engine/dataset/types';
import type { StudioBackend } from '../engine/gpu/backend';
import type { Network } from '../engine/models/passes';
import { stateSpecs } from '../engine/models/registry';
import { type NetworkState, releaseState, uploadState } from '../engine/nn/state';
import { DECODABLE_NAMES } from '../engine/photo/photoKinds';
import type { EvalView } from '../engine/photo/view';
import type { RunContext } from '../engine/train/context';
import { predictPhotos } from '../engine/train/predictPhotos';
import { parseStudioConfig, parseTestSizes, type StudioConfig } from '../engine/experiments/meta';
import { ownView, viewOfSize } from '../engine/experiments/views';
import type { CommandKind, Commands, StudioEvent } from '../protocol/messages';
import type { Predicted, TriedPhoto, TryOptions, TryProgress } from '../protocol/trials';
import type { TestView } from '../protocol/weights';
import { type Checkpoint, evalViewOf, nameOf, refuseHeadless, temperatureOf, testViewOf, viewOf } from './checkpoint';
import { FilePortions } from './filePortions';
import type { GpuLink } from './gpuLink';
import type { Host, PhotoDecoder } from './host';
import { finishFor, type OpenPhotos } from './openPhotos';
import { lookContext } from './lookContext';
import type { Jobs } from './jobs';
import type { LookWeights } from './lookWeights';
import { Throughput } from './throughput';
import { measureUsual, type Usual, usualRefusal } from './usual';
import { viewsWithMaps } from './classMaps';
import type { Project } from './project';
import { formatNoun } from '../words/format';

const TRYING = 'Photos are being tried';
/** Between two messages of progress. */
const REPORT_MS = 400;

type Handlers = {
  [K in Extract<CommandKind, 'tryFiles' | 'tryDirectory' | 'stopTrying' | 'triedPhoto' | 'exportTried'>]: (
    ask: Commands[K]['ask'],
  ) => Promise<Commands[K]['reply']>;
};

export interface TrialMeans {
  jobs: Jobs;
  project: Project;
  host: Host;
  link: GpuLink;
  weights: LookWeights;
  /** The open folder. */
  photos: () => OpenPhotos | null;
  emit: (event: StudioEvent) => void;
}

/** What the last trial needs to be looked at again. */
interface Tried {
  checkpoint: Checkpoint;
  /** In which a photo is looked at again: of several the first. */
  view: EvalView;
  decoder: PhotoDecoder;
  predicted: Predicted;
  /** [photos, K] */
  logits: Float32Array;
}

/** What a trial looks at, and how. */
interface Looking {
  checkpoint: Checkpoint;
  found: Awaited<ReturnType<typeof photosOf>>;
  open: () => PhotoDecoder;
  /** What is usual is measured in the first, before all else. */
  views: readonly [TestView, ...TestView[]];
  measures: boolean;
}

export class Trials implements Handlers {
  private portions = new FilePortions('');
  private tried: Tried | null = null;
  private controller: AbortController | null = null;
  private count = 0;

  constructor(private readonly means: TrialMeans) {}

  async tryFiles({ name, files, last, ...options }: Commands['tryFiles']['ask']): Promise<Predicted | null> {
    const { jobs, emit } = this.means;
    if (jobs.busy || this.portions.name !== name) this.portions = new FilePortions(name);
    jobs.refuse();
    this.portions.add(files);
    emit({ kind: 'trying', progress: listed(this.portions.count) });
    if (!last) return null;
    const source = this.portions.toSource();
    this.portions = new FilePortions('');
    return this.exclusively(async (signal) => this.look(await unpacked(source), options, signal));
  }

  async tryDirectory({ handle, ...options }: Commands['tryDirectory']['ask']): Promise<Predicted> {
    const onFiles = (files: number) => this.means.emit({ kind: 'trying', progress: listed(files) });
    return this.exclusively(async (signal) =>
      this.look(await unpacked(await this.means.host.openFolder(handle, onFiles)), options, signal),
    );
  }

  async stopTrying(): Promise<object> {
    this.controller?.abort(new StudioError('stopped', 'The trial was stopped', 'Choose the photos again.'));
    return {};
  }

  async triedPhoto({ trial, row, label }: Commands['triedPhoto']['ask']): Promise<TriedPhoto> {
    this.means.jobs.refuse();
    const tried = this.last();
    if (tried.predicted.trial !== trial) throw new StudioError('needs-step', 'Other photos have been tried since');
    const { path } = photoAt(tried.predicted, row);
    const backend = await this.means.link.connected();
    return this.means.jobs.look(async (signal) => {
      const { checkpoint, view, decoder } = tried;
      const asked = { paths: [path], view, of: { label } };
      const means = { backend, weights: this.means.weights, loader: decoder, signal };
      const [seen] = await viewsWithMaps(means, asked, checkpoint);
      if (!seen || seen instanceof StudioError) throw seen;
      return { view: { size: seen.size, rgba: seen.rgba }, map: seen.map };
    });
  }

  async exportTried({ what }: Commands['exportTried']['ask']): Promise<Commands['exportTried']['reply']> {
    const { predicted, logits } = this.last();
    const { probabilitiesCsv, submissionCsv } = await import('./exports');
    const text = { submission: submissionCsv, probabilities: probabilitiesCsv }[what](predicted, logits);
    return { blob: new Blob([text], { type: 'text/csv' }), fileName: `${what}.csv` };
  }

  private last(): Tried {
    if (!this.tried) throw new StudioError('needs-step', 'No photos have been tried', 'Choose some first.');
    return this.tried;
  }

  /** The job, with a signal that `stopTrying` aborts, and told of its end whatever it comes to. */
  private async exclusively<T>(work: (signal: AbortSignal) => Promise<T>): Promise<T> {
    const { jobs, emit, host } = this.means;
    return jobs.exclusively(TRYING, async () => {
      const controller = (this.controller = new AbortController());
      const rest = host.stayAwake();
      try {
        return await work(controller.signal);
      } finally {
        controller.abort(new StudioError('stopped', 'The trial has ended.'));
        this.controller = null;
        rest();
        emit({ kind: 'trying', progress: null });
      }
    });
  }

  private async look(source: FileSource, options: TryOptions, signal: AbortSignal): Promise<Predicted> {
    const { project, host, link } = this.means;
    const started = host.clock.now();
    const config = parseStudioConfig(options.config);
    const checkpoint = project.weights.of(options.weights ?? 'best');
    refuseHeadless(checkpoint);
    const found = await photosOf(source);
    signal.throwIfAborted();
    const own = viewOf(checkpoint);
    // Copies are the open folder's: these photos are looked at as they are.
    const seen = { ...(own ?? testViewOf(ownView(config), config)), cacheSide: 0 };
    const sizes = parseTestSizes(options.sizes?.length ? options.sizes : undefined);
    const [first = seen, ...others] = sizes.map((size) => (size === seen.crop ? seen : viewOfSize(seen, size)));
    const views = [first, ...others] as const;
    const backend = await link.connected();
    const open = () => {
      const decoder = host.openPhotos(source);
      decoder.respectExif = seen.respectExif;
      decoder.finish = finishFor(backend.report);
      return decoder;
    };
    const refused = options.unlike ? usualRefusal(project, checkpoint) : null;
    const measures = options.unlike && refused === null;
    const { logits, ...said } = await this.predict(
      { checkpoint, found, open, views, measures },
      config,
      backend,
      signal,
    );
    const { photos, unreadable, unlike } = said;
    const { classes } = checkpoint;
    // It was fitted in the weights' own view, and says nothing of others.
    const temperature = views.length === 1 && first === seen ? temperatureOf(checkpoint) : null;
    const predicted: Predicted = {
      trial: ++this.count,
      weights: nameOf(checkpoint),
      madeAt: checkpoint.history.at(-1)!.madeAt,
      classes,
      views,
      viewIsGuessed: own === null,
      photos,
      probabilities: probabilitiesOf(logits, classes.length, temperature ?? 1),
      temperature,
      unreadable,
      others: found.others,
      unlike,
      unlikeRefused: refused,
      seconds: (host.clock.now() - started) / 1000,
    };
    this.tried?.decoder.dispose();
    // One that has decoded nothing yet: it takes what it needs when a photo is looked at again.
    this.tried = { checkpoint, view: evalViewOf(first), decoder: open(), predicted, logits };
    return predicted;
  }

  /** Each photo's logits, and how far it is from what is usual where that is measured first. */
  private async predict(
    { checkpoint, found, open, views, measures }: Looking,
    config: StudioConfig,
    backend: StudioBackend,
    signal: AbortSignal,
  ) {
    const decoder = open();
    const failed = new Map(found.unreadable);
    const onUnreadable = (path: string, reason: string) => void failed.set(path, reason);
    const context = lookContext({
      backend,
      loader: decoder,
      config,
      signal,
      now: this.means.host.clock.now,
      onUnreadable,
    });
    const { arch, classes } = checkpoint;
    const state = uploadState(backend, stateSpecs(arch, classes.length), checkpoint.state);
    const network: Network<NetworkState> = { arch, classes, state };
    try {
      const usual = measures ? await this.usualOf(views[0], network, context, config) : null;
      const distances: number[] = [];
      const answers: Float32Array[] = [];
      let samples = found.photos;
      for (const view of views) {
        const pass = { network, samples, batchSize: config.batchSize, view: evalViewOf(view), epoch: 0 };
        const measured = usual && answers.length === 0 ? usual : null;
        const onPooled = measured && ((features: Float32Array) => void distances.push(measured.distanceTo(features)));
        const done = answers.length * samples.length;
        const through = { phase: 'trying', done, of: views.length * samples.length } as const;
        const { indices, logits } = await this.drained(predictPhotos(context, pass, onPooled), through);
        if (answers.length > 0 && indices.length < samples.length) throw unsteady(samples.length - indices.length);
        // What could not be read is not asked for again.
        samples = [...indices].map((index) => samples[index]!);
        answers.push(logits);
      }
      return {
        logits: meanLogits(answers, classes.length),
        photos: samples.map(({ path, imageId }) => ({ path, imageId })),
        unreadable: [...failed].map(([path, reason]) => ({ path, reason })),
        unlike: usual && { ...usual.told, distances: Float32Array.from(distances) },
      };
    } catch (error) {
      throw signal.aborted ? signal.reason : await backend.gpu.rootCause(error);
    } finally {
      decoder.dispose();
      releaseState(backend, state);
      backend.releasePool();
    }
  }

  /** What is usual among the open photos, measured with the same weights in the same view. */
  private async usualOf(
    seen: TestView,
    network: Network<NetworkState>,
    { backend, signal }: RunContext,
    config: StudioConfig,
  ): Promise<Usual> {
    const { project, photos } = this.means;
    const asSeen = { ...config, respectExif: seen.respectExif, cacheSide: 0 };
    const loader = photos()!.loaderFor(asSeen, backend.report);
    const context = lookContext({
      backend,
      loader,
      config,
      signal,
      now: this.means.host.clock.now,
      onUnreadable: () => undefined,
    });
    return measureUsual(project.dataset, (samples, onPooled) => {
      const pass = { network, samples, batchSize: config.batchSize, view: evalViewOf(seen), epoch: 0 };
      return this.drained(predictPhotos(context, pass, onPooled), { phase: 'measuring', done: 0, of: samples.length });
    });
  }

  /** What the generator comes to; how far it is, is told a few times a second. */
  private async drained<T>(
    records: AsyncGenerator<RunRecord, T, undefined>,
    { phase, done: before, of }: Pick<TryProgress, 'phase' | 'done' | 'of'>,
  ): Promise<T> {
    const { clock } = this.means.host;
    const throughput = new Throughput();
    let [done, reportedAt] = [before, -Infinity];
    for (;;) {
      const step = await records.next();
      if (step.done) return step.value;
      if (step.value.kind === 'evaluated') {
        done += step.value.images;
        throughput.add(step.value.images, clock.now());
      }
      const now = clock.now();
      if (now - reportedAt < REPORT_MS) continue;
      reportedAt = now;
      const imagesPerSecond = throughput.recent(now);
      this.means.emit({ kind: 'trying', progress: { phase, done, of, imagesPerSecond } });
    }
  }
}

const listed = (files: number): TryProgress => ({ phase: 'listing', done: files, of: files, imagesPerSecond: null });

/** Every photo of a folder as a sample of no class, by the name that a table would give it. */
async function photosOf(source: FileSource): Promise<{
  photos: readonly Sample[];
  unreadable: ReadonlyMap<string, string>;
  others: number;
}> {
  const { photos, unreadable, others } = await listFolder(source);
  const readable = photos.filter((path) => !unreadable.has(path));
  if (readable.length === 0) throw noPhotos(source, unreadable);
  const names = photos.map(fileName);
  const unique = new Set(names).size === names.length;
  return {
    photos: readable.map((path) => ({ path, imageId: unique ? fileName(path) : path, label: 0 })),
    unreadable: new Map(
      [...unreadable].map(([path, kind]) => [path, `${path} is no photo that browsers read: ${kind}`]),
    ),
    others: others.length,
  };
}

function unsteady(photos: number): StudioError {
  const message = `${formatNoun(photos, 'photo')} could be read at one size and no more at the next`;
  return new StudioError('bad-photo', message, 'Choose the photos again.');
}

function noPhotos({ paths }: FileSource, unreadable: ReadonlyMap<string, string>): StudioError {
  const [bad] = unreadable;
  const why = bad
    ? `${bad[0]} is no photo that browsers read: ${bad[1]}`
    : `there is no photo among ${formatNoun(paths.length, 'file')}`;
  return new StudioError('bad-photo', `There is nothing to try: ${why}`, `Choose ${DECODABLE_NAMES}.`);
}

function photoAt({ photos }: Predicted, row: number): Predicted['photos'][number] {
  const photo = photos[row];
  if (!photo) throw new StudioError('bad-photo', `There is no tried photo ${row}`, 'Choose the photos again.');
  return photo;
}
