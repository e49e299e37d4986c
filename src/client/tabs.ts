/**
 * Two tabs of one browser. The one that has the project answers what it shows, and another shows that until its turn comes.
 * Who shows it asks again and again, so nothing is missed that was said before, and nothing is said where nobody looks.
 */
import { createStore, type StoreApi } from 'zustand/vanilla';
import { initialState, isBusy, type StudioState } from './state';

const ASK_MS = 1000;
/** Without an answer for so long, what was answered last is no longer shown, ms. */
const SILENT_MS = 10_000;

/** What a tab shows of another: what it works on, how far it is, what came of it. */
const REPORTED = [
  'machine',
  'dataset',
  'run',
  'progress',
  'queue',
  'seeds',
  'lrFinder',
  'baseline',
  'sweep',
  'finetune',
  'experiments',
  'evaluate',
  'weights',
  'weightsSlot',
  'saved',
  'gpuAwaited',
  'failure',
  'trying',
  'checking',
] as const satisfies readonly (keyof StudioState)[];

type Report = Pick<StudioState, (typeof REPORTED)[number]>;

type TabMessage =
  | { kind: 'ask' }
  | { kind: 'report'; report: Report }
  /** Another tab wants the project. */
  | { kind: 'giveUp' };

/** What is needed of a `BroadcastChannel`. */
export type TabPort = Pick<BroadcastChannel, 'postMessage' | 'addEventListener'>;

/** No other tab hears, and none is heard. */
export const ALONE: TabPort = { postMessage: () => undefined, addEventListener: () => undefined };

export interface Tabs {
  /** What the tab that has the project shows, while this one has not; its machine is `connecting` until it has answered. */
  readonly other: StoreApi<StudioState>;
  /** Asks for the project; given up where nothing goes on. */
  readonly askForProject: () => void;
}

/** `giveUp` lets go of the project, and of all that is open. */
export function connectTabs(store: StoreApi<StudioState>, port: TabPort, giveUp: () => void): Tabs {
  const other = createStore<StudioState>(() => initialState());
  const say = (message: TabMessage) => port.postMessage(message);
  let answeredAt = 0;
  let asking: ReturnType<typeof setInterval> | undefined;

  port.addEventListener('message', (event) => {
    const data: unknown = event.data;
    if (!isTabMessage(data)) return;
    const { owns } = store.getState();
    if (data.kind === 'report') {
      if (owns !== false) return;
      answeredAt = Date.now();
      other.setState(data.report);
    } else if (owns) {
      if (data.kind === 'ask') say({ kind: 'report', report: reportOf(store.getState()) });
      else if (!isBusy(store.getState())) giveUp();
    }
  });

  function ask() {
    if (Date.now() - answeredAt > SILENT_MS) other.setState(initialState(), true);
    say({ kind: 'ask' });
  }

  store.subscribe((now, before) => {
    if (now.owns === before.owns) return;
    clearInterval(asking);
    if (now.owns !== false) return;
    ask();
    asking = setInterval(ask, ASK_MS);
  });
  return { other, askForProject: () => say({ kind: 'giveUp' }) };
}

const reportOf = (state: StudioState): Report =>
  Object.fromEntries(REPORTED.map((key) => [key, state[key]])) as unknown as Report;

/** Whatever else is said on the channel, by another version perhaps, is dropped. */
function isTabMessage(data: unknown): data is TabMessage {
  if (typeof data !== 'object' || data === null || !('kind' in data)) return false;
  if (data.kind === 'report') return 'report' in data && typeof data.report === 'object' && data.report !== null;
  return data.kind === 'ask' || data.kind === 'giveUp';
}
