/** The open folder, and what reads from it. */
import type { Dataset, Orientations } from '../engine/dataset/types';
import type { StudioConfig } from '../engine/experiments/meta';
import type { AdapterReport } from '../engine/gpu/report';
import type { PhotoLoader } from '../engine/photo/view';
import { PhotoSizes } from './apparentSizes';
import { Copies } from './copies';
import type { Finish } from '../engine/photo/storedPhoto';
import { NO_COPIES, type SplitCopies } from '../protocol/photos';
import type { Host, PhotoDecoder, PhotoSource } from './host';
import type { PhotosPlace } from './keeper';
import { countOrientations } from './orientations';
import { findSplitCopies } from './splitCopies';

/** Files that are opened in the background to be compared: a second or two, and browsers hold kilobytes for each. */
const MOST_COMPARED = 2000;

export class OpenPhotos {
  readonly decoder: PhotoDecoder;
  readonly sizes: PhotoSizes;
  readonly copies: Copies;
  /** Null before they have been counted, and where there is nothing to count. */
  orientations: Orientations | null = null;
  /** None before they have been looked for. */
  splitCopies = NO_COPIES;
  /** Ends what goes on in the background. */
  private readonly closed = new AbortController();

  constructor(
    host: Pick<Host, 'openPhotos' | 'copies'>,
    readonly place: PhotosPlace,
    private readonly dataset: Dataset,
  ) {
    const { source } = place;
    this.decoder = host.openPhotos(source);
    this.sizes = new PhotoSizes(dataset, this.decoder, source);
    this.copies = new Copies(host, dataset, source, this.decoder);
  }

  get source(): PhotoSource {
    return this.place.source;
  }

  /** In the background, until the folder is closed. */
  async countOrientations(tell: (orientations: Orientations) => void): Promise<void> {
    await countOrientations(this.source, this.dataset, this.closed.signal, (orientations) => {
      this.orientations = orientations;
      tell(orientations);
    });
  }

  /** In the background, until the folder is closed. */
  async findSplitCopies(tell: (copies: SplitCopies) => void): Promise<void> {
    const { signal } = this.closed;
    try {
      const copies = await findSplitCopies(this.source, this.dataset, signal, MOST_COMPARED);
      if (signal.aborted) return;
      this.splitCopies = copies;
      tell(copies);
    } catch (error) {
      if (!signal.aborted) throw error;
    }
  }

  /** What loads photos with these settings, from now on. */
  loaderFor(config: StudioConfig, report: AdapterReport): PhotoLoader {
    this.decoder.respectExif = config.respectExif;
    this.decoder.finish = finishFor(report);
    return this.copies.loaderFor(config);
  }

  /** All but the source, which may be understood anew. */
  dispose(): void {
    this.closed.abort();
    this.copies.dispose();
    this.decoder.dispose();
  }
}

/**
 * A GPU makes pixels and views of planes next to the network at no cost worth naming. On a processor that plays a GPU
 * the same kernels take 50 ms for a photo of 800 x 600, and the decoders 5.
 */
export function finishFor({ software }: AdapterReport): Finish {
  return software ? 'view' : 'planes';
}
