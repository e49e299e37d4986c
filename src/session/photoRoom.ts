/** Looking at the photos: all of them as columns, and one with everything that is known of it. */
import { photoScores } from '../engine/analysis/photoScores';
import { softmax } from '../engine/analysis/score';
import { StudioError } from '../engine/base/errors';
import { type Dataset, type Sample, type Split, SPLITS } from '../engine/dataset/types';
import { parseStudioConfig } from '../engine/experiments/meta';
import { ownView, sweepViews, trainView } from '../engine/experiments/views';
import { storedToUpright, uprightSize } from '../engine/photo/exifTurn';
import { makeView } from '../engine/photo/makeView';
import { type Outline, outlineOf } from '../engine/photo/outline';
import type { ViewSeed, ViewSpec } from '../engine/photo/view';
import type { Evaluation } from '../engine/train/evaluate';
import type { CommandKind, Commands } from '../protocol/messages';
import type { Measured, PhotoColumns, PhotoDetail } from '../protocol/photos';
import type { OpenPhotos } from './openPhotos';
import type { Project } from './project';

/** Epochs whose training crops are drawn on a photo. */
const TRAIN_CROPS = 3;

type Handlers = {
  [K in Extract<CommandKind, 'photo' | 'photoColumns' | 'photoDetail'>]: (
    ask: Commands[K]['ask'],
  ) => Promise<Commands[K]['reply']>;
};

export interface PhotoRoomMeans {
  project: Project;
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
      measured: known.map(({ evaluation: { logits, indices }, ...measured }) => ({
        ...measured,
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
      measured: split === 'validation' ? this.measuredAt(index) : [],
    };
  }

  private measuredAt(index: number): PhotoDetail['measured'] {
    const classes = this.means.project.dataset.classes.length;
    return this.evaluations().flatMap(({ evaluation: { indices, logits }, ...measured }) => {
      const row = indices.indexOf(index);
      if (row < 0) return [];
      const probabilities = Float32Array.from(softmax(logits.subarray(row * classes, (row + 1) * classes)));
      return [{ ...measured, probabilities }];
    });
  }

  /** All that is remembered of the present weights, by step and size. */
  private evaluations(): (Measured & { evaluation: Evaluation })[] {
    const { project } = this.means;
    const steps = [
      ['baseline', project.weights.trunk()],
      ['finetune', project.weights.finetune],
    ] as const;
    return steps.flatMap(([step, weights]) => {
      const known = weights ? project.evaluationsKnownOf(weights.state) : [];
      const measured = known.map((evaluation) => {
        const { resize, crop } = evaluation.view;
        return { step, resize, size: crop, evaluation };
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
