/** The page's end of the worker protocol: commands become promises, events go to one listener. */
import { fromErrorData, StudioError } from '../engine/base/errors';
import {
  type CommandKind,
  type CommandMessage,
  type Commands,
  DRIVEN,
  isWorkerMessage,
  type StudioEvent,
} from '../protocol/messages';

export interface WorkerClient {
  /** @throws StudioError as the worker reports it; `internal` once the worker has died. */
  call<K extends CommandKind>(kind: K, ask: Commands[K]['ask']): Promise<Commands[K]['reply']>;
}

/** What we need of a `Worker`; tests give one of their own. */
export interface WorkerPort {
  postMessage(message: CommandMessage): void;
  addEventListener(kind: 'message' | 'error' | 'messageerror', listener: (event: Event) => void): void;
}

export interface WorkerListeners {
  onEvent(event: StudioEvent): void;
  /** The worker died or could not be loaded; every pending and later call is rejected with the same error. */
  onFatal(error: StudioError): void;
}

interface Pending {
  resolve: (result: unknown) => void;
  reject: (error: StudioError) => void;
}

/** The one place that starts the engine's worker, whose name says whether a program drives the page. */
export function startWorker(): WorkerPort {
  const name = navigator.webdriver ? DRIVEN : 'studio';
  return new Worker(new URL('../hosts/browser/main.ts', import.meta.url), { type: 'module', name });
}

export function connectWorker(port: WorkerPort, listeners: WorkerListeners): WorkerClient {
  const pending = new Map<number, Pending>();
  let lastId = 0;
  let dead: StudioError | null = null;

  function die(reason: string) {
    if (dead) return;
    dead = new StudioError('internal', `The studio’s worker stopped: ${reason}`, 'Reload the page to start it again.');
    for (const { reject } of pending.values()) reject(dead);
    pending.clear();
    listeners.onFatal(dead);
  }

  port.addEventListener('message', (event) => {
    const data: unknown = (event as MessageEvent).data;
    if (!isWorkerMessage(data)) return;
    if (data.kind === 'event') {
      listeners.onEvent(data.event);
      return;
    }
    const waiting = pending.get(data.id);
    pending.delete(data.id);
    if (data.ok) waiting?.resolve(data.result);
    else waiting?.reject(fromErrorData(data.error));
  });
  port.addEventListener('error', (event) => die((event as ErrorEvent).message || 'it could not be loaded'));
  port.addEventListener('messageerror', () => die('a message could not be read'));

  return {
    call: (kind, ask) =>
      new Promise((resolve, reject) => {
        if (dead) {
          reject(dead);
          return;
        }
        const id = ++lastId;
        pending.set(id, { resolve: (result) => resolve(result as Commands[typeof kind]['reply']), reject });
        port.postMessage({ id, kind, ask } as CommandMessage);
      }),
  };
}
