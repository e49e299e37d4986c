/** How fast this machine trains, found out by itself while nobody needs it, and kept for later visits. */
import type { StoreApi } from 'zustand/vanilla';
import type { AdapterReport } from '../engine/gpu/report';
import { isBusy, type MachineSpeed, type StudioState } from './state';
import type { WorkerClient } from './workerClient';

const KEY = 'fixres-studio.speed';
/** How long nothing has happened before it is measured: on the first screen, and with photos open, where more is likely to. */
const IDLE_MS = 1500;
const IDLE_WITH_PHOTOS_MS = 20_000;

/** Another adapter is another machine, and so is another browser, which compiles otherwise. */
export function machineKey({ vendor, architecture, description, software }: AdapterReport): string {
  return JSON.stringify([vendor, architecture, description, software, navigator.userAgent]);
}

/** As it was kept; null for another machine, or where it cannot be read. */
export function loadSpeed(report: AdapterReport): MachineSpeed | null {
  try {
    const { key, flopsPerSecond, blogSeconds, loadingBound } = JSON.parse(localStorage.getItem(KEY) ?? '{}') as Partial<
      MachineSpeed & { key: string }
    >;
    if (key !== machineKey(report) || !isRate(flopsPerSecond) || !isRate(blogSeconds)) return null;
    return { flopsPerSecond, blogSeconds, loadingBound: loadingBound === true };
  } catch {
    return null;
  }
}

const isRate = (value: unknown): value is number => typeof value === 'number' && Number.isFinite(value) && value > 0;

export function saveSpeed(report: AdapterReport, { flopsPerSecond, blogSeconds, loadingBound }: MachineSpeed): void {
  try {
    localStorage.setItem(KEY, JSON.stringify({ key: machineKey(report), flopsPerSecond, blogSeconds, loadingBound }));
  } catch {
    // Storage is full or blocked: it holds for this visit.
  }
}

/** Measures once, in a quiet moment; whatever a person starts goes before it. */
export function keepMeasuring(store: StoreApi<StudioState>, client: WorkerClient): void {
  let timer: ReturnType<typeof setTimeout> | undefined;
  let given = false;

  const quiet = (state: StudioState) =>
    state.machine.status === 'ready' && !state.speed && !state.opening && !isBusy(state) && !given;

  async function measure() {
    const { machine, config } = store.getState();
    if (machine.status !== 'ready' || !quiet(store.getState())) return;
    given = true;
    store.setState({ measuring: true });
    const measured = await client.call('benchmark', { config, quick: true }).catch(() => null);
    // It was stopped for something better: there will be another quiet moment.
    given = measured !== null;
    if (measured) {
      const { flopsPerSecond, blogSeconds, loadingBound } = measured;
      const speed = { flopsPerSecond, blogSeconds, loadingBound };
      saveSpeed(machine.report, speed);
      store.setState({ speed, measuring: false });
    } else store.setState({ measuring: false });
  }

  store.subscribe((now, before) => {
    const same = watched(now).every((part, i) => part === watched(before)[i]);
    if (same) return;
    clearTimeout(timer);
    if (quiet(now)) timer = setTimeout(() => void measure(), now.dataset ? IDLE_WITH_PHOTOS_MS : IDLE_MS);
  });
}

/** What happens where a person does something. */
const watched = ({ machine, dataset, opening, run, stage, config, measuring }: StudioState): readonly unknown[] => [
  machine,
  dataset,
  opening,
  run,
  stage,
  config,
  measuring,
];
