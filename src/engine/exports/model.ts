/** What every export is made of: weights and what must be done to a photo before they see it, as plain data. */
import type { EvalView } from '../photo/view';
import type { Weights } from '../train/checkpoint';
import type { OnnxOptions } from './meta';
import { IMAGENET_MEAN, IMAGENET_STD } from '../kernels/resample/normalization';

export interface ExportedModel extends Weights {
  /** The test view: how photos are resized, cropped and normalised. */
  view: EvalView;
  /** Whether photos are turned as their EXIF asks before that. */
  respectExif: boolean;
  /** By which logits are divided before softmax, so that probabilities are calibrated; null where none was fitted. */
  temperature: number | null;
  /** What they were trained at, px; null where nobody knows. */
  trainSize: number | null;
  /** How accurate they were measured to be, each time on `count` photos. */
  measured: readonly { resize: number; crop: number; accuracy: number; count: number }[];
  /** What the file says of itself beside architecture, classes and view: origin, licence, data, the weights' hash. */
  metadata: Readonly<Record<string, string>>;
}

/** One file of an export, by its path below the export's folder. */
export interface ExportedFile {
  path: string;
  blob: Blob;
}

/** A format: model → files; `onnx` is for the one that it names. @throws StudioError `not-exportable` where the format cannot say what the model does. */
export type Exporter = (model: ExportedModel, onnx?: OnnxOptions) => readonly ExportedFile[];

/** What is subtracted from each channel of a photo in [0, 1], and what it is then divided by. */
export interface Normalization {
  mean: readonly number[];
  std: readonly number[];
}

export function normalizationOf({ normalize = false }: EvalView): Normalization {
  return normalize ? { mean: IMAGENET_MEAN, std: IMAGENET_STD } : { mean: [0, 0, 0], std: [1, 1, 1] };
}

/** The view in words and numbers that a reader of metadata understands without the studio. */
export function preprocessingOf({ view, respectExif }: ExportedModel) {
  const { mean, std } = normalizationOf(view);
  const { resize, crop, filter = 'bilinear', squish = false } = view;
  return {
    exifOrientation: respectExif ? 'applied' : 'ignored',
    /** Pillow's and torchvision's: antialiased. */
    resize: resize === 0 ? null : { size: resize, of: squish ? 'both sides' : 'the shorter side', filter },
    centerCrop: crop,
    colors: 'RGB',
    range: [0, 1],
    mean,
    std,
  };
}

/** Metadata of any format, as text by key. */
export function metadataOf(model: ExportedModel): Record<string, string> {
  const { arch, classes, metadata } = model;
  return {
    arch,
    classes: JSON.stringify(classes),
    preprocessing: JSON.stringify(preprocessingOf(model)),
    ...metadata,
  };
}

export const textFile = (path: string, text: string): ExportedFile => ({
  path,
  blob: new Blob([text], { type: 'text/plain' }),
});

export const jsonFile = (path: string, value: unknown): ExportedFile => ({
  path,
  blob: new Blob([`${JSON.stringify(value, null, 2)}\n`], { type: 'application/json' }),
});
