/** What a view of a photo is, as numbers: which crop, resized to what, flipped or not. No pixels here. */

/** Pillow's filters: a triangle, or the cubic with a = -0.5. Both antialiased. */
export const FILTERS = ['bilinear', 'bicubic'] as const;
export type Filter = (typeof FILTERS)[number];

/** What training views vary. */
export type Augmentation =
  /**
   * torchvision's: RandomResizedCrop(size, scale minScale (0.08) to 1, ratio 3/4 to 4/3), RandomHorizontalFlip(0.5),
   * ColorJitter(jitter, jitter, jitter) (0: none).
   */
  | { kind: 'randomCrop'; minScale?: number; jitter?: number }
  /** FixRes' "test DA2": Resize(resize), RandomHorizontalFlip(0.5), ColorJitter, CenterCrop(size) shifted horizontally. */
  | { kind: 'shiftedCrop'; resize: number; jitter: number }
  /** fastai's: RandomResizedCrop(size, min_scale), then aug_transforms() with its defaults. */
  | { kind: 'fastai'; minScale: number };

interface Sampling {
  /** Bilinear if not given. */
  filter?: Filter;
  /** Subtracts ImageNet's mean and divides by its deviation; off, values are in [0, 1]. */
  normalize?: boolean;
}

/** How views are made, as plain data. */
export type ViewSpec =
  /** `augmentation` is RandomResizedCrop with torchvision's defaults and a flip if not given. */
  | ({ kind: 'train'; size: number; augmentation?: Augmentation } & Sampling)
  /**
   * Resize(resize) (0: none), then CenterCrop(crop), or the crop in a corner as of FiveCrop; at last mirrored, if it is to be.
   * `squish` resizes both sides, as fastai validates. `whole` crops nothing: the view is as wide and as high as the resized photo,
   * and `crop` the shorter side of it.
   */
  | ({
      kind: 'eval';
      resize: number;
      crop: number;
      squish?: boolean;
      corner?: Corner;
      flip?: boolean;
      whole?: boolean;
    } & Sampling);

/** Of the resized photo. */
export const CORNERS = ['topLeft', 'topRight', 'bottomLeft', 'bottomRight'] as const;
export type Corner = (typeof CORNERS)[number];

/** A view of testing. */
export type EvalView = Extract<ViewSpec, { kind: 'eval' }>;

/** Where a training view's randomness comes from: fork(seed, epoch, index); worker count cannot change it. */
export interface ViewSeed {
  seed: number;
  epoch: number;
  /** Of the sample in its split. */
  index: number;
}

/** The side in pixels of the square that a view gives; of whole photos the shorter one. */
export function sizeOfView(spec: ViewSpec): number {
  return spec.kind === 'train' ? spec.size : spec.crop;
}

/** A rectangle of source pixels. */
export interface Region {
  left: number;
  top: number;
  width: number;
  height: number;
}

/**
 * One axis of a resampling: output `i` is the sum over `t` of `weights[i * taps + t] * source[starts[i] + t]`,
 * `starts` counted from the region's edge. Weights are Pillow's 22-bit integers; an output outside the photo has none.
 */
export interface AxisTaps {
  taps: number;
  /** [size] */
  starts: Int32Array<ArrayBuffer>;
  /** [size, taps], zero where a tap is unused. */
  weights: Int32Array<ArrayBuffer>;
}

/** A view worked out for a photo of known size: everything the resampling kernel needs besides pixels. */
export interface View {
  /** Side of the output in px; the shorter one of a whole photo, which is as wide and as high as its axes are long. */
  size: number;
  /** The part of the photo that any output pixel depends on. */
  region: Region;
  horizontal: AxisTaps;
  vertical: AxisTaps;
  flip: boolean;
  normalize?: boolean;
  colors?: ColorChange;
  warp?: Warp;
}

/**
 * torchvision's ColorJitter, worked out: operations on bytes, in this order. They are done on the resized picture of
 * `horizontal.starts.length` x `vertical.starts.length` px, of which the view is the square at (`left`, `top`), after
 * any flip of the whole.
 */
export interface ColorChange {
  left: number;
  top: number;
  operations: readonly ColorOperation[];
}

/** Pillow's ImageEnhance: the blend from black, from the mean grey, or from the photo in grey, by `factor`. */
export interface ColorOperation {
  kind: 'brightness' | 'contrast' | 'saturation';
  factor: number;
}

/** fastai's aug_transforms(), worked out: one homography and one change of light, after the resize. */
export interface Warp {
  /**
   * Row by row, from output to input coordinates, x and y from -1 (the first pixel's centre) to 1 (the last one's);
   * beyond them the picture is mirrored.
   */
  matrix: readonly [number, number, number, number, number, number, number, number, number];
  /** Added to the logit of every value, before it is multiplied by `contrast`. */
  brightness: number;
  contrast: number;
}

/**
 * A window of a JPEG as the planes that are stored in it: Y [height, width], then Cb and Cr, each [ceil(height / y),
 * ceil(width / x)], one behind the other, row by row without padding.
 */
export interface PlaneLayout {
  /** In luma pixels of the photo. Its corner is even where chroma is subsampled, so that it begins with a chroma sample. */
  window: Region;
  /** Luma samples a chroma sample, across and down. */
  subsampling: { x: 1 | 2; y: 1 | 2 };
}

/** A photo's part of a batch, ready for the GPU. */
export interface LoadedView {
  view: View;
  /** Of the whole photo, px. */
  photoWidth: number;
  photoHeight: number;
  /**
   * The region's pixels, RGBA, [region.height, region.width, 4]; with `planes`, a JPEG's planes of a window around it,
   * which the GPU makes pixels of. A multiple of 4 bytes.
   */
  pixels: Uint8ClampedArray<ArrayBuffer>;
  planes?: PlaneLayout;
}

/** The host's way from a path to a view: reads, decodes, cuts the region out. Never resizes. */
export interface PhotoLoader {
  /**
   * `seed` is needed by training views alone. Once `signal` is aborted nothing more is read or decoded for it.
   * @throws StudioError `bad-photo`, naming the file and the reason; the signal's reason.
   */
  load(path: string, spec: ViewSpec, seed: ViewSeed | null, signal: AbortSignal): Promise<LoadedView>;
}
