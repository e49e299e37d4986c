/** A few decode workers behind the session's `PhotoDecoder`: files are read only when a worker is free for them. */
import type { LoadedView, ViewSeed, ViewSpec } from '../../../engine/photo/view';
import { StudioError } from '../../../engine/base/errors';
import type { PhotoFacts } from '../../../engine/photo/inspectPhoto';
import type { ImageHeader } from '../../../engine/photo/imageHeader';
import type { FileSource } from '../../../engine/dataset/types';
import type { Finish } from '../../../engine/photo/storedPhoto';
import type { PhotoDecoder } from '../../../session/host';
import { type FileLink, toPost } from '../sources/lastingFile';
import type { Job, JobMessage, JobReply, ViewTimes } from './jobs';

/** Beyond eight, the GPU is what one waits for. */
const MOST_WORKERS = 8;
/** One photo is read from disk while the one before it is decoded. */
const JOBS_A_WORKER = 2;

type Answer = Exclude<JobReply, { failed: string }>;

interface Waiting {
  path: string;
  jobOf: (blob: FileLink) => Job;
  resolve: (answer: Answer) => void;
  reject: (error: unknown) => void;
  /** Nobody waits for it any more. */
  dropped: boolean;
}

/** One worker and what it has been given, by job, from before its file is opened. */
interface Slot {
  /** Opened with the first job, and again after it broke. */
  worker: Worker | null;
  running: Map<number, Waiting>;
}

export interface DecodePoolOptions {
  /** All cores but the training worker's, if not given. */
  workers?: number;
  /** Told how long the parts of each view took, ms. */
  onTimes?: (times: ViewTimes) => void;
}

export class DecodePool implements PhotoDecoder {
  respectExif = false;
  finish: Finish = 'planes';
  private readonly slots: Slot[];
  /** First come, first served; a run's views before all else. As long as the callers ask for at a time. */
  private readonly queues: { views: Waiting[]; others: Waiting[] } = { views: [], others: [] };
  private readonly onTimes: (times: ViewTimes) => void;
  private lastId = 0;
  private disposed = false;

  constructor(
    private readonly source: FileSource,
    { workers = usualWorkers(), onTimes = () => undefined }: DecodePoolOptions = {},
  ) {
    this.slots = Array.from({ length: workers }, () => ({ worker: null, running: new Map() }));
    this.onTimes = onTimes;
  }

  /** Jobs that a decoder has been given already go on, and are for nobody. */
  async load(path: string, spec: ViewSpec, seed: ViewSeed | null, signal: AbortSignal): Promise<LoadedView> {
    const { respectExif, finish } = this;
    const jobOf = (blob: FileLink): Job => ({ kind: 'view', blob, spec, seed, respectExif, finish });
    const answer = await this.ask(path, jobOf, 'views', signal);
    if (!('view' in answer)) throw new StudioError('internal', `decoding ${path} gave no view`);
    this.onTimes(answer.times);
    return answer.view;
  }

  async thumbnail(path: string, maxSide: number): Promise<Blob> {
    const answer = await this.ask(path, (blob) => ({ kind: 'thumbnail', blob, maxSide }));
    if ('thumbnail' in answer) return answer.thumbnail;
    throw new StudioError('internal', `shrinking ${path} gave no thumbnail`);
  }

  async copy(path: string, side: number): Promise<Blob | null> {
    const { respectExif } = this;
    const answer = await this.ask(path, (blob) => ({ kind: 'copy', blob, side, respectExif }));
    if ('copy' in answer) return answer.copy;
    throw new StudioError('internal', `resizing ${path} gave no copy`);
  }

  async header(path: string): Promise<ImageHeader> {
    const answer = await this.ask(path, (blob) => ({ kind: 'header', blob }));
    if ('header' in answer) return answer.header;
    throw new StudioError('internal', `looking at ${path} gave no header`);
  }

  async inspect(path: string, signal: AbortSignal): Promise<PhotoFacts> {
    const answer = await this.ask(path, (blob) => ({ kind: 'inspect', blob }), 'others', signal);
    if ('facts' in answer) return answer.facts;
    throw new StudioError('internal', `inspecting ${path} gave no facts`);
  }

  /** Ends the workers; whatever still waits is rejected with `stopped`. */
  dispose(): void {
    this.disposed = true;
    const ended = new StudioError('stopped', 'the folder was closed');
    for (const { worker, running } of this.slots) {
      worker?.terminate();
      for (const waiting of running.values()) waiting.reject(ended);
      running.clear();
    }
    for (const queue of Object.values(this.queues)) {
      for (const waiting of queue.splice(0)) waiting.reject(ended);
    }
  }

  private ask(
    path: string,
    jobOf: Waiting['jobOf'],
    queue: 'views' | 'others' = 'others',
    signal?: AbortSignal,
  ): Promise<Answer> {
    signal?.throwIfAborted();
    if (this.disposed) throw new StudioError('stopped', 'the folder was closed');
    let drop = () => {};
    const answer = new Promise<Answer>((resolve, reject) => {
      const waiting: Waiting = { path, jobOf, resolve, reject, dropped: false };
      drop = () => {
        waiting.dropped = true;
        const at = this.queues[queue].indexOf(waiting);
        if (at >= 0) this.queues[queue].splice(at, 1);
        reject(signal?.reason);
      };
      this.queues[queue].push(waiting);
    });
    signal?.addEventListener('abort', drop, { once: true });
    this.feed();
    return answer.finally(() => signal?.removeEventListener('abort', drop));
  }

  /** Gives jobs to the least busy workers until all have enough. */
  private feed(): void {
    const { views, others } = this.queues;
    for (;;) {
      const slot = this.slots.reduce((least, other) => (other.running.size < least.running.size ? other : least));
      if (slot.running.size >= JOBS_A_WORKER) return;
      const next = views.shift() ?? others.shift();
      if (!next) return;
      void this.hand(slot, next);
    }
  }

  private async hand(slot: Slot, waiting: Waiting): Promise<void> {
    const id = ++this.lastId;
    slot.running.set(id, waiting);
    try {
      const blob = await this.source.read(waiting.path);
      // The pool was closed, or the worker broke, meanwhile.
      if (!slot.running.has(id)) return;
      if (waiting.dropped) {
        slot.running.delete(id);
        this.feed();
        return;
      }
      slot.worker ??= this.openWorker(slot);
      slot.worker.postMessage({ id, ...waiting.jobOf(toPost(blob)) } satisfies JobMessage, []);
    } catch (error) {
      waiting.reject(error instanceof StudioError ? error : badPhoto(waiting.path, error));
      slot.running.delete(id);
      this.feed();
    }
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
      const failure = new StudioError('internal', message, 'Reload the page.');
      for (const waiting of slot.running.values()) waiting.reject(failure);
      slot.running.clear();
      this.feed();
    });
    return worker;
  }

  private receive(slot: Slot, reply: JobReply): void {
    const waiting = slot.running.get(reply.id);
    if (!waiting) return;
    slot.running.delete(reply.id);
    if ('failed' in reply) waiting.reject(badPhoto(waiting.path, reply.failed));
    else waiting.resolve(reply);
    this.feed();
  }
}

function usualWorkers(): number {
  return Math.min(MOST_WORKERS, Math.max(1, navigator.hardwareConcurrency - 1));
}

function badPhoto(path: string, reason: unknown): StudioError {
  const why = reason instanceof Error ? reason.message : String(reason);
  return new StudioError('bad-photo', `${path} could not be read: ${why}`, 'It is left out; the run goes on.');
}
