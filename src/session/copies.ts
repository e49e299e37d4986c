/** A folder's smaller copies: the loader that uses them, what they would take, and what is kept of them. */
import { sideNeeded } from '../engine/photo/smallerCopies';
import type { PhotoLoader } from '../engine/photo/view';
import type { Dataset, FileSource } from '../engine/dataset/types';
import type { StudioConfig } from '../engine/experiments/meta';
import { ownView, sweepViews, trainView } from '../engine/experiments/views';
import type { CopiesReport } from '../protocol/messages';
import type { CopiesUse } from '../protocol/results';
import type { Host, PhotoDecoder } from './host';
import { SmallerPhotos } from './smallerPhotos';

/** Photos that are copied for an estimate. */
const TRIED = 12;

export class Copies {
  private smaller: SmallerPhotos | null = null;
  private readonly estimates = new Map<string, Promise<CopiesReport['estimate']>>();

  constructor(
    private readonly host: Pick<Host, 'copies' | 'openPhotos'>,
    private readonly dataset: Dataset,
    private readonly source: FileSource,
    private readonly decoder: PhotoDecoder,
  ) {}

  /** What loads views with these settings; the decoder has been told about the rest of them. */
  loaderFor({ cacheSide }: StudioConfig): PhotoLoader {
    if (cacheSide === 0) return this.decoder;
    if (this.smaller?.side !== cacheSide) {
      this.smaller?.dispose();
      this.smaller = new SmallerPhotos(this.host, this.decoder, this.source, cacheSide);
    }
    this.smaller.takeUse();
    return this.smaller;
  }

  /** Since the loader was given out; null if there are no copies with these settings. */
  useOf({ cacheSide }: StudioConfig): CopiesUse | null {
    return cacheSide === 0 ? null : (this.smaller?.takeUse() ?? null);
  }

  async report(config: StudioConfig): Promise<CopiesReport> {
    const { copies } = this.host;
    return {
      losslessSide: losslessSideOf(config),
      estimate: config.cacheSide > 0 ? await this.estimateOf(config) : null,
      stored: await copies.stored(),
      freeBytes: await copies.freeBytes(),
    };
  }

  dispose(): void {
    this.smaller?.dispose();
  }

  private estimateOf({ cacheSide, respectExif }: StudioConfig): Promise<CopiesReport['estimate']> {
    const key = `${cacheSide} ${respectExif}`;
    const known = this.estimates.get(key) ?? this.estimate(cacheSide);
    this.estimates.set(key, known);
    return known;
  }

  /** From a few photos, spread over the folder, copied for nothing else. */
  private async estimate(side: number): Promise<CopiesReport['estimate']> {
    const photos = [...this.dataset.train, ...this.dataset.validation];
    const count = Math.min(TRIED, photos.length);
    const tried = Array.from({ length: count }, (_, i) =>
      this.decoder.copy(photos[Math.floor((i * photos.length) / count)]!.path, side).catch(() => undefined),
    );
    const copies = (await Promise.all(tried)).filter((copy) => copy !== undefined);
    if (copies.length === 0) return null;
    const share = photos.length / copies.length;
    const bytes = copies.reduce((sum, copy) => sum + (copy?.size ?? 0), 0);
    return {
      photos: Math.round(copies.filter((copy) => copy !== null).length * share),
      bytes: Math.round(bytes * share),
    };
  }
}

/** The smallest shorter side, px, at which no view of the three steps loses detail; views without a resize take the photo. */
function losslessSideOf(config: StudioConfig): number {
  const views = [trainView(config), ownView(config), ...sweepViews(config)];
  return Math.max(...views.map(sideNeeded).filter(Number.isFinite));
}
