/** What a view of a photo is, as numbers: which crop, resized to what, flipped or not. No pixels here. */

/** How views are made; torchvision's transforms by name. */
export type ViewSpec =
  /** RandomResizedCrop(size, scale 0.08 to 1, ratio 3/4 to 4/3), then RandomHorizontalFlip(0.5). */
  | { kind: 'train'; size: number }
  /** Resize(resize) (0: none), then CenterCrop(crop). */
  | { kind: 'eval'; resize: number; crop: number };

/** Where a training view's randomness comes from: fork(seed, epoch, index); worker count cannot change it. */
export interface ViewSeed {
  seed: number;
  epoch: number;
  /** Of the sample in its split. */
  index: number;
}

/** The side in pixels of the square that a view gives. */
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
  /** Side of the output in px. */
  size: number;
  /** The part of the photo that any output pixel depends on. */
  region: Region;
  horizontal: AxisTaps;
  vertical: AxisTaps;
  flip: boolean;
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
   * `seed` is needed by training views alone.
   * @throws StudioError `bad-photo`, naming the file and the reason.
   */
  load(path: string, spec: ViewSpec, seed: ViewSeed | null): Promise<LoadedView>;
}
