/** Work on all photos that tells how far it is now and then, and that a person can stop; one at a time. */
import { StudioError } from '../engine/base/errors';
import type { PhotoRoomMeans } from './roomMeans';

/** Between two messages of progress. */
const REPORT_MS = 400;

export class Stoppable<Progress> {
  private controller: AbortController | null = null;

  constructor(
    private readonly means: Pick<PhotoRoomMeans, 'jobs' | 'now'>,
    /** What it is, as a sentence has it: "The check". */
    private readonly what: string,
    /** Told null once it has ended, however it did. */
    private readonly tell: (progress: Progress | null) => void,
  ) {}

  /**
   * Goes through `work` as the session's only job, `doing` as its sentence. `tell` throws once it was stopped.
   * @throws StudioError `busy`, at once, while another job goes on; `stopped`; what `work` throws.
   */
  async run(
    doing: string,
    work: (signal: AbortSignal, tell: (progress: Progress) => void) => Promise<void>,
  ): Promise<object> {
    const { jobs, now } = this.means;
    jobs.refuse();
    // Whoever stops it may do so before it has begun.
    const { signal } = (this.controller = new AbortController());
    let toldAt = -Infinity;
    const tell = (progress: Progress) => {
      signal.throwIfAborted();
      if (now() - toldAt < REPORT_MS) return;
      toldAt = now();
      this.tell(progress);
    };
    return jobs.exclusively(doing, async () => {
      try {
        await work(signal, tell);
      } finally {
        this.controller = null;
        this.tell(null);
      }
      return {};
    });
  }

  async stop(): Promise<object> {
    this.controller?.abort(new StudioError('stopped', `${this.what} was stopped`, 'Start it again.'));
    return {};
  }
}
