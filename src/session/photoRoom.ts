/** Looking at the photos: all of them as columns, and one with everything that is known of it. */
import { photoScores } from '../engine/analysis/photoScores';
import { softmax } from '../engine/analysis/score';
import { StudioError } from '../engine/base/errors';
import { type Dataset, type Sample, type Split, SPLITS } from '../engine/dataset/types';
import { parseStudioConfig } from '../engine/experiments/meta';
import { ownView, sweepViews, trainView } from '../engine/experiments/views';
import { hasFastaiHead } from '../engine/models/meta';
import { storedToUpright, uprightSize } from '../engine/photo/exifTurn';
import { makeView } from '../engine/photo/makeView';
import { type Outline, outlineOf } from '../engine/photo/outline';
import type { ViewSeed, ViewSpec } from '../engine/photo/view';
import type { Evaluation } from '../engine/train/evaluate';
import type { CommandKind, Commands } from '../protocol/messages';
import type { MappedView, Measured, PhotoColumns, PhotoDetail } from '../protocol/photos';
import { type Checkpoint, viewOf } from './checkpoint';
import { viewWithMap } from './classMaps';
import type { GpuLink } from './gpuLink';
import type { Jobs } from './jobs';
import type { OpenPhotos } from './openPhotos';
import type { Project } from './project';

/** Epochs whose training crops are drawn on a photo. */
const TRAIN_CROPS = 3;

type Handlers = {
  [K in Extract<CommandKind, 'photo' | 'photoColumns' | 'photoDetail' | 'photoMaps'>]: (
    ask: Commands[K]['ask'],
  ) => Promise<Commands[K]['reply']>;
};

export interface PhotoRoomMeans {
  project: Project;
  jobs: Jobs;
  link: GpuLink;
  photos: () => OpenPhotos;
}

export class PhotoRoom implements Handlers {
  constructor(private readonly means: PhotoRoomMeans) {}

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
    const known = this.evaluations();
    const { weights } = this.means.project;
    const best = weights.best()?.evaluation?.view;
    return {
      counts: { train: dataset.train.length, validation: dataset.validation.length, test: dataset.test.length },
      labels: Int32Array.from(samples, ({ label }) => label),
      chosen: known.findIndex(
        ({ step, resize, size }) => step === weights.bestSlot() && resize === best?.resize && size === best.crop,
      ),
      measured: known.map(({ evaluation: { logits, indices }, step, resize, size }) => ({
        step,
        resize,
        size,
        ...photoScores(logits, indices, labels, dataset.classes.length),
      })),
    };
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
      hasMaps: this.evaluations().every(({ checkpoint }) => !hasFastaiHead(checkpoint.arch)),
    };
  }

  async photoMaps({
    split,
    index,
    label,
    measured,
    config: given,
  }: Commands['photoMaps']['ask']): Promise<readonly MappedView[]> {
    const { jobs, project, photos, link } = this.means;
    jobs.refuse();
    const config = parseStudioConfig(given);
    const { path } = sampleOf(project.dataset, split, index);
    const backend = await link.connected();
    const known = this.evaluations();
    return jobs.look(async (signal) => {
      const mapped: MappedView[] = [];
      for (const { step, resize, size } of measured) {
        const found = known.find((one) => one.step === step && one.resize === resize && one.size === size);
        if (!found) throw new StudioError('needs-step', 'Other weights have been trained since');
        const { checkpoint, evaluation } = found;
        const loader = photos().loaderFor({ ...config, ...viewOf(checkpoint) }, backend.report);
        const seen = { path, view: evaluation.view, label: hasFastaiHead(checkpoint.arch) ? null : label };
        mapped.push({
          step,
          resize,
          ...(await viewWithMap({ backend, loader, signal }, seen, checkpoint)),
        });
      }
      return mapped;
    });
  }

  /** `index`: of the validation photo; null for a photo of another split. */
  private measuredAt(index: number | null): PhotoDetail['measured'] {
    const classes = this.means.project.dataset.classes.length;
    return this.evaluations().map(({ evaluation: { indices, logits }, step, resize, size }) => {
      const row = index === null ? -1 : indices.indexOf(index);
      const logitsOf = (at: number) => logits.subarray(at * classes, (at + 1) * classes);
      return { step, resize, size, probabilities: row < 0 ? null : Float32Array.from(softmax(logitsOf(row))) };
    });
  }

  /** All that is remembered of the present weights, by step and size. */
  private evaluations(): (Measured & { checkpoint: Checkpoint; evaluation: Evaluation })[] {
    const { project } = this.means;
    const steps = [
      ['baseline', project.weights.trunk()],
      ['finetune', project.weights.finetune],
    ] as const;
    return steps.flatMap(([step, checkpoint]) => {
      if (!checkpoint) return [];
      const measured = project.evaluationsKnownOf(checkpoint.state).map((evaluation) => {
        const { resize, crop } = evaluation.view;
        return { step, resize, size: crop, checkpoint, evaluation };
      });
      return measured.sort((a, b) => a.size - b.size || a.resize - b.resize);
    });
  }
}

/** @throws StudioError `bad-photo` where there is none. */
export function sampleOf(dataset: Dataset, split: Split, index: number): Sample {
  const sample = dataset[split][index];
  if (!sample) throw new StudioError('bad-photo', `There is no ${split} photo ${index}`, 'Open the folder again.');
  return sample;
}
