/** The studio's controls, shared by the page, the terminal and the tests: `window.studio` is one of these. */
import { attendRuns, browserPage } from './attendRuns';
import { saveBlob } from './saveBlob';
import { createStore, type StoreApi } from 'zustand/vanilla';
import { parseField } from '../engine/base/config';
import { StudioError, toErrorData } from '../engine/base/errors';
import {
  type ExperimentId,
  PRESET_CONFIGS,
  type PresetId,
  type RunId,
  STUDIO_FIELDS,
} from '../engine/experiments/meta';
import type { ModelFormat, OnnxOptions } from '../engine/exports/meta';
import type { Commands, ExportKind, QueueAsk, QueuePlan } from '../protocol/messages';
import type { TriedFile } from '../protocol/trials';
import type { WeightsSlot } from '../protocol/weights';
import { createEventQueue } from './eventQueue';
import { photoControls, type PhotoControls } from './photoControls';
import { configOfLink } from './link';
import { keepPlanning } from './planner';
import { presetOf } from './preset';
import { keptFolder, keepProject, type ProjectControls, projectControls } from './projects';
import { openProjects } from '../protocol/projectLocks';
import { reduce } from './reduce';
import { describeRun, keepRuns, type RunWords, runStore, withRun } from './keptRuns';
import { type OpeningControls, openingControls } from './opening';
import { isIncapable } from './machine';
import { loadCheck, saveCheck } from './gpuCheck';
import { keepMeasuring, loadSpeed, saveSpeed } from './machineSpeed';
import { type Failure, initialState, type KeptRun, type StageId, type StudioState } from './state';
import { hasStoredConfig, loadConfig, saveConfig } from './storage';
import { ALONE, connectTabs, type TabPort, type Tabs } from './tabs';
import { trialControls, type TrialControls } from './trials';
import { weightControls, type WeightControls } from './weights';
import { connectWorker, type WorkerPort } from './workerClient';

/** ms. */
const PATIENCE_MS = 600;

/** Every method that fails puts the failure into the state before it throws it. */
export interface Studio extends OpeningControls, ProjectControls, TrialControls, WeightControls, PhotoControls, Tabs {
  readonly store: StoreApi<StudioState>;
  /** What was interrupted goes on, and of the queue behind it so many runs that they are `most` together; all if not given. */
  goOn(most?: number): Promise<void>;
  /** Values may be text. @throws StudioError `bad-config`; then nothing was changed. */
  setConfig(patch: Readonly<Record<string, unknown>>): void;
  applyPreset(id: PresetId): void;
  goTo(stage: StageId): void;
  /** Opens or closes the settings of the chosen stage's run. */
  openSettings(open: boolean): void;
  /** Opens or closes the queue. */
  openQueue(open: boolean): void;
  /** Shows another of a stage's tabs. */
  showTab(stage: StageId, tab: string): void;
  /** Which weights Export hands out. */
  chooseExport(slot: WeightsSlot): void;
  /** A run has another name, note or tags. */
  describeRun(run: KeptRun, words: RunWords): void;
  /** A run that was deleted is there again. */
  keepRun(run: KeptRun): void;
  deleteRun(id: string): void;
  /** Looks at one of the experiments. */
  chooseExperiment(id: ExperimentId): void;
  dismissFailure(): void;
  /** Puts a search for a learning rate that has ended away. */
  dismissSearch(): void;
  /** Resolves when the run is done or was stopped. */
  start(run: RunId): Promise<void>;
  /** What the runs would take, all of them once a seed. Fails without a word in the state. */
  planQueue(ask: QueueAsk): Promise<QueuePlan>;
  /** Runs to come, with the present settings, behind those that are queued already. */
  enqueue(runs: readonly RunId[], seeds: number): Promise<void>;
  /** Queued runs in a new order, by their ids; those that are left out are dropped. */
  arrangeQueue(ids: readonly number[]): Promise<void>;
  /** Goes through the queue, or `most` runs of it. Resolves when that is done or was stopped. */
  runQueue(most?: number): Promise<void>;
  pause(): Promise<void>;
  resume(): Promise<void>;
  stop(): Promise<void>;
  /** The next run times its kernels anew. */
  forgetChoices(): Promise<void>;
  /** How fast the machine trains the reference network: about a minute. The state has it then, and later visits. */
  benchmark(): Promise<Commands['benchmark']['reply']>;
  /** Its result is in the state, and kept for later visits. */
  checkGpu(): Promise<void>;
  /** A folder in which PyTorch goes on with the run, into the browser's downloads. */
  trainElsewhere(): Promise<void>;
  exportFile(kind: ExportKind, weights?: WeightsSlot): Promise<Commands['exportFile']['reply']>;
  /** A table of the photos tried last, into the browser's downloads. */
  downloadTried(what: TriedFile): Promise<void>;
  /** `exportFile` into the browser's downloads. */
  download(kind: ExportKind, weights?: WeightsSlot): Promise<void>;
  /** A network as another program's file, tried in that program first if asked to, into the browser's downloads. */
  downloadModel(
    format: ModelFormat | 'everything',
    options: ModelDownload,
  ): Promise<Pick<Commands['exportModel']['reply'], 'proofs' | 'refused'>>;
  /** These, to the end, fail without a word in the state: the panel that asks says why. */
  apparentSizes(ask: Commands['apparentSizes']['ask']): Promise<Commands['apparentSizes']['reply']>;
  /** Where the baseline's weights are right, by how large things look to them. */
  apparentAccuracy(): Promise<Commands['apparentAccuracy']['reply']>;
  answers(): Promise<Commands['answers']['reply']>;
  copies(ask: Commands['copies']['ask']): Promise<Commands['copies']['reply']>;
  clearCopies(): Promise<void>;
}

export interface ModelDownload {
  prove: boolean;
  weights?: WeightsSlot;
  onnx?: Partial<OnnxOptions>;
}

/** `tabs`: to the studio's other tabs. */
export function createStudio(port: WorkerPort, tabs: TabPort = ALONE): Studio {
  const store = createStore<StudioState>(() => initialState(loadConfig()));
  const events = createEventQueue((batch) => store.setState(batch.reduce(reduce, store.getState()), true));
  const client = connectWorker(port, {
    onEvent: events.push,
    onFatal: (error) => {
      events.flush();
      fail('machine', error, true);
      store.setState({ run: { state: 'idle', run: null }, progress: null, opening: null });
    },
  });

  function fail(during: Failure['during'], thrown: unknown, fatal = false) {
    const told = store.getState().failure;
    if (told?.fatal || (during === 'starting' && told?.during === 'running')) return;
    store.setState({ failure: { during, error: toErrorData(thrown), fatal } });
  }

  /** What the worker said before its reply is in the state before the reply is acted on. */
  async function attempt<T>(during: Failure['during'], act: () => Promise<T>): Promise<T> {
    try {
      return await act();
    } catch (thrown) {
      events.flush();
      fail(during, thrown);
      throw thrown;
    } finally {
      events.flush();
    }
  }

  /** One that has begun tells itself why it ended. */
  async function attemptRuns(act: () => Promise<object>): Promise<void> {
    store.setState({ failure: null, settingsOpen: false });
    await attempt('starting', act);
  }

  function refuseWhileRunning() {
    const { run } = store.getState();
    if (run.state === 'idle') return;
    throw new StudioError('busy', `A step is ${run.state}`, 'Stop it before opening other photos or weights.');
  }

  const { setState, getState } = store;
  const means = { client, attempt, state: getState, set: (patch: Partial<StudioState>) => setState(patch) };
  const weightsOpened = weightControls({
    ...means,
    setConfig: (patch) => studio.setConfig(patch),
    refuseWhileRunning,
  });
  const trials = trialControls({
    ...means,
    importWeights: (file) => weightsOpened.importWeights(file),
    takeResults: (files) => opening.takeResults(files),
  });
  const opening = openingControls({
    client,
    store,
    attempt,
    flush: events.flush,
    refuseWhileRunning,
    importWeights: (file) => weightsOpened.importWeights(file),
  });
  const projects = projectControls({
    client,
    store,
    attempt,
    opening,
    findFolder: keptFolder,
    setConfig: (patch) => studio.setConfig(patch),
    goOn: () => studio.goOn(),
  });
  const studio: Studio = {
    store,
    ...connectTabs(store, {
      port: tabs,
      openProjects,
      giveUp: () => location.reload(),
      onChanged: () => void projects.findProjects().catch(() => undefined),
    }),
    ...opening.controls,
    ...projects,
    ...weightsOpened,
    ...trials,
    ...photoControls({ client, store, attempt, refuseWhileRunning, openPhotos: opening.openPhotos }),
    async downloadTried(what) {
      const { blob, fileName } = await trials.exportTried(what);
      saveBlob(blob, fileName);
    },
    goOn: (most) => attemptRuns(() => client.call('goOn', most === undefined ? {} : { most })),
    setConfig(patch) {
      const { config } = store.getState();
      const parsed = Object.entries(patch).map(([key, value]) => {
        if (!(key in STUDIO_FIELDS)) {
          const hint = `Settings: ${Object.keys(STUDIO_FIELDS).join(', ')}`;
          throw new StudioError('bad-config', `Unknown setting "${key}"`, hint);
        }
        return [key, parseField(key, STUDIO_FIELDS[key as keyof typeof STUDIO_FIELDS], value)] as const;
      });
      const next = { ...config, ...Object.fromEntries(parsed) };
      store.setState({ config: next });
      saveConfig(next);
    },
    applyPreset: (id) => studio.setConfig(PRESET_CONFIGS[id]),
    goTo: (stage) => store.setState({ stage, settingsOpen: false }),
    openSettings: (settingsOpen) => store.setState({ settingsOpen }),
    openQueue: (queueOpen) => store.setState({ queueOpen }),
    showTab: (stage, tab) => store.setState(({ tabs }) => ({ tabs: { ...tabs, [stage]: tab } })),
    chooseExport: (exportSlot) => store.setState({ exportSlot }),
    describeRun: (run, words) => void describeRun(store, runStore, run, words),
    keepRun(run) {
      store.setState((state) => ({ kept: withRun(state.kept, run) }));
      void runStore.putBack(run);
    },
    deleteRun(id) {
      store.setState((state) => ({ kept: state.kept.filter((run) => run.id !== id) }));
      void runStore.remove(id);
    },
    chooseExperiment: (experiment) => store.setState({ experiment, stage: 'experiments' }),
    dismissFailure: () => store.setState({ failure: null, wanted: null }),
    dismissSearch: () => store.setState(({ lrFinder }) => (lrFinder?.ended === 'running' ? {} : { lrFinder: null })),
    start: (run) => attemptRuns(() => client.call('start', { run, config: store.getState().config })),
    planQueue: (ask) => client.call('planQueue', { ...ask, flopsPerSecond: store.getState().speed?.flopsPerSecond }),
    enqueue: (runs, seeds) =>
      attempt('running', async () => {
        await client.call('enqueue', { runs, config: store.getState().config, seeds });
      }),
    arrangeQueue: (ids) => attempt('running', async () => void (await client.call('arrangeQueue', { ids }))),
    runQueue: (most) => attemptRuns(() => client.call('runQueue', most === undefined ? {} : { most })),
    pause: () => attempt('running', async () => void (await client.call('pause', {}))),
    resume: () => attempt('running', async () => void (await client.call('resume', {}))),
    stop: () => attempt('running', async () => void (await client.call('stop', {}))),
    forgetChoices: () => attempt('running', async () => void (await client.call('forgetChoices', {}))),
    benchmark: () =>
      attempt('running', async () => {
        refuseWhileRunning();
        const { machine, config } = store.getState();
        const measured = await client.call('benchmark', { config });
        const { flopsPerSecond, blogSeconds, loadingBound } = measured;
        const speed = { flopsPerSecond, blogSeconds, loadingBound };
        if (machine.status === 'ready') saveSpeed(machine.report, speed);
        store.setState({ speed });
        return measured;
      }),
    checkGpu: () =>
      attempt('running', async () => {
        refuseWhileRunning();
        const check = await client.call('checkGpu', {});
        const { machine } = store.getState();
        if (machine.status === 'ready') saveCheck(machine.report, check);
        store.setState({ gpuCheck: check });
      }),
    async trainElsewhere() {
      const { config } = store.getState();
      const { blob, fileName } = await attempt('exporting', () => client.call('trainElsewhere', { config }));
      saveBlob(blob, fileName);
    },
    exportFile: (what, weights) =>
      attempt('exporting', () => client.call('exportFile', { what, ...(weights && { weights }) })),
    async download(kind, weights) {
      const { blob, fileName } = await studio.exportFile(kind, weights);
      saveBlob(blob, fileName);
    },
    async downloadModel(format, options) {
      const asked = () => client.call('exportModel', { format, ...options });
      const { blob, fileName, proofs, refused } = await attempt('exporting', asked);
      saveBlob(blob, fileName);
      return { proofs, refused };
    },
    apparentSizes: (ask) => client.call('apparentSizes', ask),
    apparentAccuracy: () => client.call('apparentAccuracy', {}),
    answers: () => client.call('answers', {}),
    copies: (ask) => client.call('copies', ask),
    clearCopies: async () => void (await client.call('clearCopies', {})),
  };

  keepPlanning(store, client);
  keepMeasuring(store, client);
  keepRuns(store, runStore);
  keepProject(store, client, opening.folder);
  if (typeof document !== 'undefined') attendRuns(store, browserPage);
  void connect();
  return studio;

  /** A page that was opened by a link takes its settings, and forgets the link: a reload must not take back what is set since. */
  function takeSettingsOfLink() {
    if (typeof location === 'undefined') return;
    const linked = configOfLink(location.hash);
    if (!linked) return;
    history.replaceState(null, '', location.pathname + location.search);
    studio.setConfig(linked.config);
    const { unknown } = linked;
    if (unknown.length === 0) return;
    const message = `The link has settings that are not known here or out of range, which were left out: ${unknown.join(', ')}`;
    store.setState(({ warnings }) => ({ warnings: [...warnings, message] }));
  }

  /**
   * Where another tab works on a project, this one shows that, and neither asks for a GPU nor takes settings, until it is left
   * or over.
   */
  async function watchOthers(): Promise<void> {
    const findOther = async () => (await projects.findProjects()).find(({ openIn }) => openIn === 'elsewhere');
    if (!(await findOther())) return;
    // A page that was reloaded takes a moment to let go of what it had.
    await new Promise((resolve) => setTimeout(resolve, PATIENCE_MS));
    const other = await findOther();
    if (!other) return;
    projects.watch(other.id);
    await new Promise<void>((resolve) => {
      const stop = store.subscribe(({ watching }) => {
        if (watching !== null) return;
        stop();
        resolve();
      });
    });
    // It may have changed them.
    store.setState({ config: loadConfig() });
  }

  async function connect() {
    await watchOthers().catch(() => undefined);
    takeSettingsOfLink();
    try {
      if (!(navigator as Partial<Navigator>).gpu)
        throw new StudioError('no-webgpu', 'The browser offers no WebGPU to this page.');
      const report = await client.call('connect', {});
      // Where the processor stands in for a GPU the full run takes a day: nobody should start with it unasked.
      const quick = report.software && !hasStoredConfig() && presetOf(store.getState().config) === 'blog';
      const speed = loadSpeed(report);
      const gpuCheck = loadCheck(report);
      store.setState({
        machine: { status: 'ready', report },
        speed,
        gpuCheck,
        ...(quick && { config: PRESET_CONFIGS.quick }),
      });
    } catch (thrown) {
      store.setState({ machine: { status: 'none', error: toErrorData(thrown) } });
      if (!isIncapable(store.getState().machine)) fail('machine', thrown);
    }
  }
}
