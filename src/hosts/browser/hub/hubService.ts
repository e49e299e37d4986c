/** The Hub's commands, apart from the session's: what they take and keep is on disk. */
import { StudioError } from '../../../engine/base/errors';
import type { Commands, StudioEvent } from '../../../protocol/messages';
import type { FetchProgress } from '../../../protocol/weights';
import { download, lookUp } from './hub';
import { hubCache } from './hubCache';

export class HubService {
  private downloading: AbortController | null = null;

  constructor(private readonly emit: (event: StudioEvent) => void) {}

  async lookUp({ id }: Commands['lookUp']['ask']): Promise<Commands['lookUp']['reply']> {
    return lookUp(id, fetch);
  }

  /** One at a time. */
  async download({ model }: Commands['download']['ask']): Promise<Commands['download']['reply']> {
    if (this.downloading) throw new StudioError('busy', 'A download is going on', 'Wait for it, or stop it.');
    const { signal } = (this.downloading = new AbortController());
    const onProgress = (progress: FetchProgress) => this.emit({ kind: 'fetching', progress });
    try {
      await download(model, { fetcher: fetch, shelf: hubCache, signal, onProgress, now: () => performance.now() });
      return { ended: 'done' };
    } catch (error) {
      if (signal.aborted) return { ended: 'stopped' };
      throw error;
    } finally {
      this.downloading = null;
      this.emit({ kind: 'fetching', progress: null });
    }
  }

  async stopDownload(): Promise<object> {
    this.downloading?.abort();
    return {};
  }

  async shelf(): Promise<Commands['shelf']['reply']> {
    return hubCache.list();
  }

  async removeShelved({ id }: Commands['removeShelved']['ask']): Promise<object> {
    await hubCache.remove(id);
    return {};
  }
}
