/** What a test or a bench asks of the loader page, and what it answers. */

import type { Finish } from '../../engine/photo/storedPhoto';
import type { WayTime } from './ways';

/** How far a photo goes: decoded and cut out, uploaded as pixels, or resampled to the batch that a network would see. */
export type Depth = 'decode' | 'upload' | 'resample';

export interface EpochsAsk {
  kind: 'epochs';
  workers: number;
  size: number;
  batchSize: number;
  seed: number;
  /** From 1. */
  firstEpoch: number;
  epochs: number;
  /** The first epoch, in which code is compiled and the disk's cache filled, is not counted. */
  warmUp: boolean;
  /** Batches of the first epoch that a run before this one has done: what a resume leaves out. */
  skipBatches: number;
  /** Batches after which no more are pulled for a second, as in a run that is paused; null: none. */
  pauseAfter: number | null;
  depth: Depth;
  /** Where pixels are made of planes, and views of pixels. */
  finish: Finish;
  /** Hashes each batch as the network would see it. */
  digest: boolean;
}

export interface EpochsReport {
  images: number;
  seconds: number;
  /** From asking for the first photo until the first batch is on the GPU. */
  firstBatchSeconds: number;
  /** Summed over all photos, ms; the first three in the decode workers, side by side. */
  stages: { read: number; decode: number; copy: number; upload: number };
  /** SHA-256 of each batch's float32 values. */
  digests: string[];
  unreadable: string[];
  software: boolean;
}

/** One whole photo, as a view that neither crops nor resizes gives it. */
export interface PhotoAsk {
  kind: 'photo';
  path: string;
  respectExif: boolean;
}

export interface PhotoReport {
  width: number;
  height: number;
  /** RGB, [height, width, 3]; empty if the photo could not be read. */
  pixels: Uint8Array;
  /** As the decoder gave them. */
  planar: boolean;
  failure: string | null;
}

/** How long each way from a JPEG to a crop on the GPU takes, one photo after the other. */
export interface WaysAsk {
  kind: 'ways';
  size: number;
  photos: number;
}

export interface LoaderPage {
  /** Paths of the folder in the input, relative to it. */
  paths(): string[];
  epochs(ask: Omit<EpochsAsk, 'kind'>): Promise<EpochsReport>;
  ways(ask: Omit<WaysAsk, 'kind'>): Promise<WayTime[]>;
  /** `pixels` as base64, which crosses the browser's protocol. */
  photo(ask: Omit<PhotoAsk, 'kind'>): Promise<Omit<PhotoReport, 'pixels'> & { pixels: string }>;
}

declare global {
  interface Window {
    loaderPage: LoaderPage;
  }
}
