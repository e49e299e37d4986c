/**
 * What a session asks of the place that it works in: a browser's worker, Node, a test. All that a session needs besides the
 * language is here, and is handed in once.
 */
import type { FileSource } from '../engine/dataset/types';
import type { ChoiceStore } from '../engine/memory/kernelTuning';
import type { ImageHeader } from '../engine/photo/imageHeader';
import type { PhotoFacts } from '../engine/photo/inspectPhoto';
import type { Finish } from '../engine/photo/storedPhoto';
import type { PhotoLoader } from '../engine/photo/view';
import type { ProjectFolders } from './store/slotFile';

export interface Host {
  /** What it calls itself, for files: a browser's user agent, Node with its version. */
  readonly about: string;
  /** Undefined where there is none. */
  readonly webgpu: GPU | undefined;
  readonly clock: Clock;
  /** Small texts by key, kept between sessions: which kernels proved quickest. */
  readonly values: ChoiceStore;
  readonly projects: ProjectFolders;
  /** Smaller copies of photos. */
  readonly copies: BlobStore;
  /**
   * The files of a folder, named by a handle in browsers and by its path in Node. `onFiles` is told how many there are so far.
   * @throws StudioError `bad-dataset` if it cannot be listed.
   */
  openFolder(folder: FileSystemDirectoryHandle | string, onFiles: (files: number) => void): Promise<FileSource>;
  /** @throws StudioError `bad-dataset` where nothing draws it. */
  openSample(): PhotoSource;
  /** What decodes the photos of a source, until it is disposed of. */
  openPhotos(source: FileSource): PhotoDecoder;
  /** Keeps the host from sleeping until what it returns is called. */
  stayAwake: () => () => void;
  /** The script of the page that is given away, with all that it imports. */
  pageProgram: () => Promise<string>;
  /** An export's logits by the program that it is made for. @throws Error as the program says it. */
  runForeign: (task: ProofTask) => Promise<ProofAnswer>;
}

export type PhotoSource = FileSource & { dispose?: () => void };

export interface Clock {
  /** ms since some moment, never set back. */
  now: () => number;
  date: () => Date;
}

/** Decodes photos: as stored, which is what PyTorch's loaders give, or turned upright as EXIF asks. */
export interface PhotoDecoder extends PhotoLoader {
  respectExif: boolean;
  /** Views are the same, to the bit, whatever it says. */
  finish: Finish;
  /** A JPEG no larger than `maxSide` px, for show. @throws StudioError `bad-photo`, naming the file and the reason. */
  thumbnail(path: string, maxSide: number): Promise<Blob>;
  /**
   * The photo with its shorter side resized to `side` px, as a JPEG without EXIF; null where it is no larger.
   * @throws StudioError `bad-photo`, naming the file and the reason.
   */
  copy(path: string, side: number): Promise<Blob | null>;
  /** What the photo's first bytes say; nothing is decoded. @throws StudioError `bad-photo`, naming the file and the reason. */
  header(path: string): Promise<ImageHeader>;
  /** What its pixels say of it, upright. @throws StudioError `bad-photo`, naming the file and the reason; as the signal says. */
  inspect(path: string, signal: AbortSignal): Promise<PhotoFacts>;
  /** Whatever still waits is rejected with `stopped`. */
  dispose(): void;
}

/** Blobs by name, kept between sessions as long as there is room. */
export interface BlobStore {
  /** Null where there is none that can be read. */
  get(name: string): Promise<Blob | null>;
  /** Whole or not at all. @throws Error as the host says it, where the disk is full or the host refuses. */
  put(name: string, blob: Blob): Promise<void>;
  remove(name: string): Promise<void>;
  stored(): Promise<{ count: number; bytes: number }>;
  clear(): Promise<void>;
  /** That may still be put; null where the host does not say. */
  freeBytes(): Promise<number | null>;
}

export type ForeignFormat = 'onnx' | 'transformers' | 'tfjs' | 'page';
export type ImageShape = readonly [n: number, height: number, width: number];

/** An export's files by path. */
export type ExportFiles = ReadonlyMap<string, Blob>;

export interface ProofTask {
  format: ForeignFormat;
  files: ExportFiles;
  /** `images` [n, height, width, 3], RGB in [0, 1]. */
  batches: readonly { images: Float32Array<ArrayBuffer>; shape: ImageShape }[];
}

export interface ProofAnswer {
  /** Name and version of the program. */
  runtime: string;
  /** A batch each, [n, K]. */
  logits: readonly Float32Array[];
}
