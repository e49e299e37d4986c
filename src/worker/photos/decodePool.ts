/** A few decode workers behind the engine's `PhotoLoader`: files are read only when a worker is free for them. */
import type { LoadedView, PhotoLoader, ViewSeed, ViewSpec } from '../../engine/augment/view';
import { StudioError } from '../../engine/base/errors';
import type { FileSource } from '../../engine/dataset/types';
import type { Job, JobMessage, JobReply } from './jobs';

/** All cores but the training worker's; beyond eight, the GPU is what one waits for. */
const MOST_WORKERS = 8;

type Answer = Exclude<JobReply, { failed: string }>;

interface Waiting {
  path: string;
  jobOf: (blob: Blob) => Job;
  resolve: (answer: Answer) => void;
  reject: (error: unknown) => void;
}

/** One worker and what it is doing; `busy` covers reading the file, too. */
interface Slot {
  /** Opened with the first job, and again after it broke. */
  worker: Worker | null;
  busy: boolean;
  current: { id: number; waiting: Waiting } | null;
}

export class DecodePool implements PhotoLoader {
  private readonly slots: Slot[];
  /** First come, first served. As long as the callers ask for at a time. */
  private readonly queue: Waiting[] = [];
  private lastId = 0;
  private disposed = false;

  constructor(
    private readonly source: FileSource,
    workers = Math.min(MOST_WORKERS, Math.max(1, navigator.hardwareConcurrency - 1)),
  ) {
    this.slots = Array.from({ length: workers }, () => ({ worker: null, busy: false, current: null }));
  }

  async load(path: string, spec: ViewSpec, seed: ViewSeed | null): Promise<LoadedView> {
    const answer = await this.ask(path, (blob) => ({ kind: 'view', blob, spec, seed }));
    if ('view' in answer) return answer.view;
    throw new StudioError('internal', `decoding ${path} gave no view`);
  }

  /**
   * A JPEG no larger than `maxSide` px, for show.
   * @throws StudioError `bad-photo`, naming the file and the reason.
   */
  async thumbnail(path: string, maxSide: number): Promise<Blob> {
    const answer = await this.ask(path, (blob) => ({ kind: 'thumbnail', blob, maxSide }));
    if ('thumbnail' in answer) return answer.thumbnail;
    throw new StudioError('internal', `shrinking ${path} gave no thumbnail`);
  }

  /** Ends the workers; whatever still waits is rejected with `stopped`. */
  dispose(): void {
    this.disposed = true;
    const ended = new StudioError('stopped', 'the folder was closed');
    for (const slot of this.slots) {
      slot.worker?.terminate();
      slot.current?.waiting.reject(ended);
    }
    for (const waiting of this.queue.splice(0)) waiting.reject(ended);
  }

  private ask(path: string, jobOf: Waiting['jobOf']): Promise<Answer> {
    return new Promise((resolve, reject) => {
      if (this.disposed) {
        reject(new StudioError('stopped', 'the folder was closed'));
        return;
      }
      this.queue.push({ path, jobOf, resolve, reject });
      this.feed();
    });
  }

  private feed(): void {
    for (const slot of this.slots) {
      if (slot.busy) continue;
      const waiting = this.queue.shift();
      if (!waiting) return;
      slot.busy = true;
      void this.hand(slot, waiting);
    }
  }

  private async hand(slot: Slot, waiting: Waiting): Promise<void> {
    const id = ++this.lastId;
    slot.current = { id, waiting };
    try {
      const blob = await this.source.read(waiting.path);
      if (this.disposed) return;
      slot.worker ??= this.openWorker(slot);
      slot.worker.postMessage({ id, ...waiting.jobOf(blob) } satisfies JobMessage, []);
    } catch (error) {
      waiting.reject(error instanceof StudioError ? error : badPhoto(waiting.path, error));
      this.release(slot);
    }
  }

  private release(slot: Slot): void {
    slot.current = null;
    slot.busy = false;
    this.feed();
  }

  private openWorker(slot: Slot): Worker {
    const worker = new Worker(new URL('./decode.worker.ts', import.meta.url), { type: 'module', name: 'decode' });
    worker.addEventListener('message', (event: MessageEvent<JobReply>) => this.receive(slot, event.data));
    // It could not start, or ran out of memory.
    worker.addEventListener('error', (event) => {
      event.preventDefault();
      worker.terminate();
      slot.worker = null;
      const message = `the photo decoder failed: ${event.message || 'it could not start'}`;
      slot.current?.waiting.reject(new StudioError('internal', message, 'Reload the page.'));
      this.release(slot);
    });
    return worker;
  }

  private receive(slot: Slot, reply: JobReply): void {
    if (reply.id !== slot.current?.id) return;
    const { waiting } = slot.current;
    if ('failed' in reply) waiting.reject(badPhoto(waiting.path, reply.failed));
    else waiting.resolve(reply);
    this.release(slot);
  }
}

function badPhoto(path: string, reason: unknown): StudioError {
  const why = reason instanceof Error ? reason.message : String(reason);
  return new StudioError('bad-photo', `${path} could not be read: ${why}`, 'It is left out; the run goes on.');
}
