/**
 * Two tabs of one browser and one project. The one that works on it answers what it shows, and another shows that until the
 * first is done with it. Who shows it asks again and again, so nothing is missed that was said before, and nothing is said
 * where nobody looks.
 */
import { createStore, type StoreApi } from 'zustand/vanilla';
import { initialState, isBusy, type StudioState } from './state';

const ASK_MS = 1000;
/** Without an answer for so long, what was answered last is no longer shown, ms. */
const SILENT_MS = 10_000;

/** What a tab shows of another: what it works on, how far it is, what came of it. */
const REPORTED = [
  'project',
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

/** `id`: of the project. */
type TabMessage =
  | { kind: 'ask'; id: string }
  | { kind: 'report'; id: string; report: Report }
  /** Another tab wants it. */
  | { kind: 'giveUp'; id: string }
  /** Another project is open in that tab, or none any more. */
  | { kind: 'changed' };

/** What is needed of a `BroadcastChannel`. */
export type TabPort = Pick<BroadcastChannel, 'postMessage' | 'addEventListener'>;

/** No other tab hears, and none is heard. */
export const ALONE: TabPort = { postMessage: () => undefined, addEventListener: () => undefined };

export interface Tabs {
  /** What the tab shows whose project is watched; its machine is `connecting` until it has answered. */
  readonly other: StoreApi<StudioState>;
  /** Asks for that project; given up where nothing goes on. */
  readonly askForProject: () => void;
}

export interface TabMeans {
  port: TabPort;
  /** Ids of the projects that any tab has open. */
  openProjects: () => Promise<ReadonlySet<string>>;
  /** Lets go of the project, and of all that is open. */
  giveUp: () => void;
  /** Which tab has which project open may have changed. */
  onChanged: () => void;
}

export function connectTabs(store: StoreApi<StudioState>, { port, openProjects, giveUp, onChanged }: TabMeans): Tabs {
  const other = createStore<StudioState>(() => initialState());
  const say = (message: TabMessage) => port.postMessage(message);
  let answeredAt = 0;
  let asking: ReturnType<typeof setInterval> | undefined;

  port.addEventListener('message', (event) => {
    const data: unknown = event.data;
    if (!isTabMessage(data)) return;
    const state = store.getState();
    if (data.kind === 'changed') onChanged();
    else if (data.kind === 'report') {
      if (data.id !== state.watching) return;
      answeredAt = Date.now();
      other.setState(data.report);
    } else if (data.id === state.project?.id) {
      if (data.kind === 'ask') say({ kind: 'report', id: data.id, report: reportOf(state) });
      else if (!isBusy(state)) giveUp();
    }
  });

  function ask(id: string) {
    if (Date.now() - answeredAt > SILENT_MS) other.setState(initialState(), true);
    say({ kind: 'ask', id });
    void openProjects().then((open) => {
      if (!open.has(id) && store.getState().watching === id) store.setState({ watching: null });
    });
  }

  store.subscribe((now, before) => {
    if (now.project?.id !== before.project?.id) say({ kind: 'changed' });
    if (now.watching === before.watching) return;
    clearInterval(asking);
    const { watching } = now;
    if (watching === null) {
      other.setState(initialState(), true);
      onChanged();
      return;
    }
    ask(watching);
    asking = setInterval(() => ask(watching), ASK_MS);
  });
  const askForProject = () => {
    const { watching } = store.getState();
    if (watching !== null) say({ kind: 'giveUp', id: watching });
  };
  return { other, askForProject };
}

const reportOf = (state: StudioState): Report =>
  Object.fromEntries(REPORTED.map((key) => [key, state[key]])) as unknown as Report;

/** Whatever else is said on the channel, by another version perhaps, is dropped. */
function isTabMessage(data: unknown): data is TabMessage {
  if (typeof data !== 'object' || data === null || !('kind' in data)) return false;
  if (data.kind === 'changed') return true;
  if (!('id' in data) || typeof data.id !== 'string') return false;
  if (data.kind === 'report') return 'report' in data && typeof data.report === 'object' && data.report !== null;
  return data.kind === 'ask' || data.kind === 'giveUp';
}
