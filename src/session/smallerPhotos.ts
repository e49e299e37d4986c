/**
 * Loads views from smaller copies of the photos, made once and kept on disk. A photo is always the same copy, whether it
 * was found, made anew, or could not be kept: a full disk or a broken file costs time, never a run.
 */
import type { CopiesUse } from '../protocol/results';
import { sideNeeded } from '../engine/photo/smallerCopies';
import type { LoadedView, PhotoLoader, ViewSeed, ViewSpec } from '../engine/photo/view';
import { StudioError } from '../engine/base/errors';
import type { FileSource } from '../engine/dataset/types';
import type { BlobStore, Host, PhotoDecoder } from './host';

export class SmallerPhotos implements PhotoLoader {
  private readonly store: BlobStore;
  private readonly copies: PhotoDecoder;
  /** Why nothing more is kept: the disk is full, or the host refuses. Null while it is. */
  private failure: string | null = null;
  private counts = { fromCopies: 0, fromPhotos: 0, made: 0 };

  /** `photos` decodes those of `source`, and says how: its settings are followed. `disposed` by their owner. */
  constructor(
    host: Pick<Host, 'copies' | 'openPhotos'>,
    private readonly photos: PhotoDecoder,
    private readonly source: FileSource,
    readonly side: number,
  ) {
    this.store = host.copies;
    this.copies = host.openPhotos({ ...source, read: (path) => this.copyOf(path) });
  }

  async load(path: string, spec: ViewSpec, seed: ViewSeed | null, signal: AbortSignal): Promise<LoadedView> {
    if (sideNeeded(spec) > this.side) {
      this.counts.fromPhotos++;
      return this.photos.load(path, spec, seed, signal);
    }
    this.counts.fromCopies++;
    const { respectExif, finish } = this.photos;
    Object.assign(this.copies, { respectExif, finish });
    try {
      return await this.copies.load(path, spec, seed, signal);
    } catch (error) {
      if (!(error instanceof StudioError) || error.code !== 'bad-photo') throw error;
      // Broken on the disk, or the photo itself is: then it fails again, for its own reason.
      await this.store.remove(await this.keyOf(path, await this.source.read(path)));
      return this.copies.load(path, spec, seed, signal);
    }
  }

  /** What was used since it was last asked. */
  takeUse(): CopiesUse {
    const use = { side: this.side, ...this.counts, failure: this.failure };
    this.counts = { fromCopies: 0, fromPhotos: 0, made: 0 };
    return use;
  }

  dispose(): void {
    this.copies.dispose();
  }

  /** The copy, from disk or made now; the photo itself where it is no larger. */
  private async copyOf(path: string): Promise<Blob> {
    const photo = await this.source.read(path);
    const key = await this.keyOf(path, photo);
    const kept = await this.store.get(key);
    if (kept) return kept;
    const copy = await this.photos.copy(path, this.side);
    if (!copy) return photo;
    this.counts.made++;
    await this.keep(key, copy);
    return copy;
  }

  private async keep(key: string, copy: Blob): Promise<void> {
    if (this.failure !== null) return;
    try {
      await this.store.put(key, copy);
    } catch (error) {
      this.failure = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
    }
  }

  /** Another for a photo that was changed, for another side, and for another way up. */
  private async keyOf(path: string, photo: Blob): Promise<string> {
    const changed = photo instanceof File ? photo.lastModified : 0;
    const parts = [this.source.name, path, photo.size, changed, this.side, this.photos.respectExif];
    const digest = await crypto.subtle.digest('SHA-1', new TextEncoder().encode(JSON.stringify(parts)));
    return `${Array.from(new Uint8Array(digest), (byte) => byte.toString(16).padStart(2, '0')).join('')}.jpg`;
  }
}
