/** Looking at the photos: all of them as columns, and one with everything that is known of it. */
import { photoScores } from '../engine/analysis/photoScores';
import { softmax } from '../engine/analysis/score';
import { StudioError } from '../engine/base/errors';
import { editsText, parseEdits, type PhotoEdit } from '../engine/dataset/edits';
import { pathsAcross } from '../engine/dataset/groupsAcross';
import type { DatasetSettings } from '../engine/dataset/settings';
import { type Dataset, SPLITS } from '../engine/dataset/types';
import { parseStudioConfig } from '../engine/experiments/meta';
import { ownView, sweepViews, trainView } from '../engine/experiments/views';
import { type Architecture, hasFastaiHead } from '../engine/models/meta';
import { modelOf } from '../engine/models/registry';
import { storedToUpright, uprightSize } from '../engine/photo/exifTurn';
import type { PhotoFacts } from '../engine/photo/inspectPhoto';
import { makeView } from '../engine/photo/makeView';
import { type Outline, outlineOf } from '../engine/photo/outline';
import type { ViewSeed, ViewSpec } from '../engine/photo/view';
import { BatchViewer } from '../engine/train/batchViewer';
import type { CommandKind, Commands } from '../protocol/messages';
import {
  type CheckProgress,
  type MappedPhoto,
  type MappedView,
  type PhotoColumns,
  type PhotoDetail,
  problemBit,
  type SeenPhotos,
} from '../protocol/photos';
import { temperatureOf, viewOf } from './checkpoint';
import { allViewsWithMaps } from './classMaps';
import type { PhotoSource } from './host';
import { measuredWeights } from './measuredWeights';
import type { PhotoCheck } from './photoCheck';
import { qualityOf } from './predictions';
import { sampleOf } from './samples';
import type { PhotoRoomMeans } from './roomMeans';
import { memoryBytesOf } from './runAttempt';
import { Similarity } from './similarity';
import { Stoppable } from './stoppable';
import { shownPixels, smaller } from './views';

/** With all that tells copies from one another: for whoever asks for it. */
const photoCheck = () => import('./photoCheck');

/** What a small picture shows at least, px, where there is as much. */
const SMALL_PX = 160;
/** Epochs whose training crops are drawn on a photo. */
const TRAIN_CROPS = 3;

type Handlers = {
  [
    K in Extract<
      CommandKind,
      'photo' | 'photoColumns' | 'photoDetail' | 'photoMaps' | 'checkPhotos' | 'stopChecking' | 'seenPhotos'
    >
  ]: (ask: Commands[K]['ask']) => Promise<Commands[K]['reply']>;
};

export class PhotoRoom implements Handlers {
  /** Through which a run's batches are seen. */
  readonly viewer = new BatchViewer();
  /** Of the source last looked at: other splits and labels of it are judged by the same facts. */
  private looked: { source: PhotoSource; facts: ReadonlyMap<string, PhotoFacts | null> } | null = null;
  /** What the facts say of a data set: pairs among all photos are looked for once, not as often as columns are asked for. */
  private judged: { dataset: Dataset; check: PhotoCheck } | null = null;

  private readonly checking: Stoppable<CheckProgress>;
  readonly similarity: Similarity;

  constructor(private readonly means: PhotoRoomMeans) {
    this.checking = new Stoppable(means, 'The check', (progress) => means.emit({ kind: 'checking', progress }));
    this.similarity = new Similarity(means);
  }

  async photo({ split, index, maxSide }: Commands['photo']['ask']): Promise<Commands['photo']['reply']> {
    const { decoder } = this.means.photos();
    const { dataset } = this.means.project;
    const sample = sampleOf(dataset, split, index);
    const blob = await decoder.thumbnail(sample.path, maxSide);
    return { blob, imageId: sample.imageId, label: dataset.classes[sample.label]! };
  }

  async photoColumns(): Promise<PhotoColumns> {
    const { dataset } = this.means.project;
    const samples = SPLITS.flatMap((split) => dataset[split]);
    const labels = dataset.validation.map(({ label }) => label);
    const known = measuredWeights(this.means.project);
    const { weights } = this.means.project;
    const best = weights.best()?.evaluation?.view;
    const check = await this.checked();
    const problems = check?.problems.slice() ?? new Uint16Array(samples.length);
    // By their paths: held-out photos have left the splits that were looked through.
    const copied = new Set(this.means.photos().splitCopies.groups.flatMap((group) => group.map(({ path }) => path)));
    const across = pathsAcross(dataset);
    for (const [photo, { path }] of samples.entries()) {
      if (across.has(path)) problems[photo]! |= problemBit('group');
      if (copied.has(path)) problems[photo]! |= problemBit('leak');
    }
    const doubted = known.find(({ evaluation }) => evaluation === weights.best()?.evaluation)?.evaluation;
    for (const { index } of doubted ? qualityOf(doubted, dataset).suspects : []) {
      problems[dataset.train.length + index]! |= problemBit('doubtful');
    }
    for (const { index } of this.means.project.results.labels?.suspects ?? []) {
      problems[index]! |= problemBit('doubtful');
    }
    return {
      problems,
      check: check?.report ?? null,
      counts: { train: dataset.train.length, validation: dataset.validation.length, test: dataset.test.length },
      labels: Int32Array.from(samples, ({ label }) => label),
      chosen: known.findIndex(
        ({ step, resize, size }) => step === weights.bestSlot() && resize === best?.resize && size === best.crop,
      ),
      measured: known.map(({ checkpoint, evaluation: { logits, indices }, step, resize, size }) => ({
        step,
        resize,
        size,
        linearHead: !hasFastaiHead(checkpoint.arch),
        ...photoScores(logits, indices, labels, dataset.classes.length, temperatureOf(checkpoint) ?? 1),
      })),
      map: this.similarity.known(),
    };
  }

  async checkPhotos(): Promise<object> {
    return this.checking.run('Photos are being checked', async (signal, tell) => {
      const { source, decoder } = this.means.photos();
      const { lookAt } = await photoCheck();
      const facts = await lookAt(this.means.project.dataset, decoder, signal, tell);
      this.looked = { source, facts };
      this.judged = null;
    });
  }

  async stopChecking(): Promise<object> {
    return this.checking.stop();
  }

  async seenPhotos({ count }: Commands['seenPhotos']['ask']): Promise<SeenPhotos | null> {
    const seen = await this.viewer.next(count);
    if (!seen) return null;
    const { dataset } = this.means.project;
    const { batchSize, indices, size, values, normalized } = seen;
    const pixels = shownPixels(values, normalized);
    const photos = Array.from(indices, (index, i) => {
      const { imageId, label } = sampleOf(dataset, 'train', index);
      const rgba = pixels.subarray(4 * size * size * i, 4 * size * size * (i + 1));
      return { ...smaller(rgba, size, SMALL_PX), imageId, label: dataset.classes[label]! };
    });
    return { batchSize, trainSize: size, photos };
  }

  async photoDetail({ split, index, config: given }: Commands['photoDetail']['ask']): Promise<PhotoDetail> {
    const { decoder, source } = this.means.photos();
    const { dataset } = this.means.project;
    const config = parseStudioConfig(given);
    const { path, imageId, label } = sampleOf(dataset, split, index);
    const [stored, file] = await Promise.all([decoder.header(path), source.read(path)]);
    const upright = uprightSize(stored.orientation, stored);
    // Where EXIF is not respected, views are made of the photo as it is stored, which lies turned in the upright one.
    const seen = config.respectExif ? upright : stored;
    const place = config.respectExif ? (outline: Outline) => outline : storedToUpright(stored.orientation, stored);
    const outline = (spec: ViewSpec, seed: ViewSeed | null = null): Outline =>
      place(outlineOf(spec, makeView(spec, seen.width, seen.height, seed), seen.width, seen.height));
    const epochs = Array.from({ length: split === 'train' ? TRAIN_CROPS : 0 }, (_, i) => i + 1);
    return {
      imageId,
      path,
      label: dataset.classes[label]!,
      bytes: file.size,
      ...upright,
      train: epochs.map((epoch) => outline(trainView(config), { seed: config.seed, epoch, index })),
      test: [ownView(config), ...sweepViews(config)].map((view) => ({ size: view.crop, outline: outline(view) })),
      measured: this.measuredAt(split === 'validation' ? index : null),
      mapStages: stagesOf(measuredWeights(this.means.project).map(({ checkpoint: { arch } }) => arch)),
    };
  }

  async photoMaps({
    photos,
    label,
    measured,
    side,
    config: given,
  }: Commands['photoMaps']['ask']): Promise<MappedPhoto[]> {
    const { jobs, project, link, weights } = this.means;
    jobs.refuse();
    const config = parseStudioConfig(given);
    const paths = photos.map(({ split, index }) => sampleOf(project.dataset, split, index).path);
    const backend = await link.connected();
    const known = measuredWeights(this.means.project);
    const memoryBytes = memoryBytesOf(config);
    const largest = Math.max(...measured.map(({ size }) => size));
    return jobs.look(async (signal) => {
      const mapped: (MappedView[] | string)[] = photos.map(() => []);
      for (const { step, resize, size, stage } of measured) {
        const found = known.find((one) => one.step === step && one.resize === resize && one.size === size);
        if (!found) throw new StudioError('needs-step', 'Other weights have been trained since');
        const { checkpoint, evaluation } = found;
        const loader = this.means.photos().loaderFor({ ...config, ...viewOf(checkpoint) }, backend.report);
        const shown = side === undefined ? undefined : Math.ceil((side * size) / largest);
        const asked = { view: evaluation.view, of: { label, stage }, side: shown };
        const means = { backend, weights, loader, signal, memoryBytes };
        const seen = await allViewsWithMaps(means, { ...asked, paths }, checkpoint);
        for (const [i, one] of seen.entries()) {
          const views = mapped[i]!;
          if (one instanceof StudioError) mapped[i] = one.message;
          else if (typeof views !== 'string') views.push({ step, resize, ...one });
        }
      }
      return mapped;
    });
  }

  /** Null before the open photos have been looked at. */
  private async checked(): Promise<PhotoCheck | null> {
    const { looked } = this;
    const { dataset } = this.means.project;
    if (looked?.source !== this.means.photos().source) return null;
    if (this.judged?.dataset === dataset) return this.judged.check;
    const { judgePhotos } = await photoCheck();
    const check = judgePhotos(dataset, looked.facts);
    this.judged = { dataset, check };
    return check;
  }

  /** `index`: of the validation photo; null for a photo of another split. */
  private measuredAt(index: number | null): PhotoDetail['measured'] {
    const classes = this.means.project.dataset.classes.length;
    return measuredWeights(this.means.project).map(
      ({ checkpoint, evaluation: { indices, logits }, step, resize, size }) => {
        const temperature = temperatureOf(checkpoint) ?? 1;
        const row = index === null ? -1 : indices.indexOf(index);
        const own = logits.subarray(row * classes, (row + 1) * classes);
        return {
          step,
          resize,
          size,
          linearHead: !hasFastaiHead(checkpoint.arch),
          probabilities: row < 0 ? null : Float32Array.from(softmax(own, temperature)),
        };
      },
    );
  }
}

/** That all of them have. */
function stagesOf(archs: readonly Architecture[]): number {
  const stages = archs.map((arch) => modelOf(arch).stages);
  return stages.length > 0 ? Math.min(...stages) : 0;
}

/** The settings of a data set with changes to its photos beside those made before. */
export function withChanges(dataset: Dataset, changes: Commands['editPhotos']['ask']['changes']): DatasetSettings {
  const { settings, classes } = dataset;
  const made = changes.map(({ split, index, leaveOut, label, to }) => {
    const edit: PhotoEdit = {
      ...(leaveOut && { leaveOut }),
      ...(label !== undefined && { label: classes[label]! }),
      ...(to && { split: to }),
    };
    return [sampleOf(dataset, split, index).path, edit] as const;
  });
  const edits = editsText(parseEdits(settings.edits ?? '{}') ?? {}, Object.fromEntries(made));
  return { ...settings, edits };
}
