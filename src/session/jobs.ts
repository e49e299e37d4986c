/**
 * Who may use what a session has one of: the GPU, the open photos, the weights. One exclusive job at a time, taken before
 * the first `await` and given back in `finally`; looks at photos may go on beside one another, and make way for a job.
 */
import { StudioError } from '../engine/base/errors';

interface Look {
  controller: AbortController;
  /** Resolves once it has ended, however it did. */
  ended: Promise<unknown>;
}

export class Jobs {
  /** What is going on, as a sentence without its full stop; null while nothing is. */
  private current: string | null = null;
  private readonly looks = new Set<Look>();

  /** @param makeWay Called before each job, once no look goes on. */
  constructor(private readonly makeWay: () => void = () => undefined) {}

  get busy(): boolean {
    return this.current !== null;
  }

  /** @throws StudioError `busy`, at once, while another job goes on. Looks are stopped, and waited for. */
  async exclusively<T>(what: string, work: () => Promise<T>): Promise<T> {
    this.refuse();
    this.current = what;
    try {
      const ended = [...this.looks].map((look) => {
        look.controller.abort(busy(what));
        return look.ended;
      });
      await Promise.all(ended);
      this.makeWay();
      return await work();
    } finally {
      this.current = null;
    }
  }

  /** Something to show, which any job stops: with `busy`, which `signal` carries. @throws StudioError `busy` during a job. */
  async look<T>(work: (signal: AbortSignal) => Promise<T>): Promise<T> {
    this.refuse();
    const controller = new AbortController();
    const { signal } = controller;
    const looking = work(signal);
    const look = { controller, ended: looking.catch(() => undefined) };
    this.looks.add(look);
    try {
      const seen = await looking;
      signal.throwIfAborted();
      return seen;
    } finally {
      this.looks.delete(look);
    }
  }

  /** @throws StudioError `busy` while a job goes on. */
  refuse(): void {
    if (this.current !== null) throw busy(this.current);
  }
}

const busy = (what: string) => new StudioError('busy', what, 'Wait until it is done, or stop it.');
