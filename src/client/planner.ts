/** Keeps the plan of the chosen stage's run current: asks the worker again whenever what it depends on has changed. */
import type { StoreApi } from 'zustand/vanilla';
import { StudioError } from '../engine/base/errors';
import { PRESET_CONFIGS, type RunId } from '../engine/experiments/meta';
import { isLong } from './recipe';
import { isBusy, type StudioState } from './state';
import type { WorkerClient } from './workerClient';

const WAIT_MS = 200;
/** Until it is asked for again where the worker does something else. */
const AGAIN_MS = 1000;

/** What the start button of the chosen stage starts. */
export function runOfStage({ stage, experiment }: Pick<StudioState, 'stage' | 'experiment'>): RunId | null {
  switch (stage) {
    case 'photos':
    case 'runs':
      return null;
    case 'takehome':
      return 'evaluate';
    case 'experiments':
      return experiment;
    case 'baseline':
    case 'sweep':
    case 'finetune':
      return stage;
    default:
      return stage satisfies never;
  }
}

export function keepPlanning(store: StoreApi<StudioState>, client: WorkerClient): void {
  let timer: ReturnType<typeof setTimeout> | undefined;
  let asked = 0;

  async function plan() {
    const { stage, experiment, config, speed } = store.getState();
    const run = runOfStage({ stage, experiment });
    const mine = ++asked;
    const flopsPerSecond = speed?.flopsPerSecond;
    // A plan that cannot be made (a step is missing) is no failure of its own: the start would say why.
    const plan = run && (await client.call('plan', { run, config, flopsPerSecond }).catch(laterIfBusy));
    if (mine !== asked) return;
    store.setState({ plan: run && plan ? { run, plan } : null });
    if (run !== 'baseline' || !plan || !isLong(plan)) return;
    const quick = { run, config: PRESET_CONFIGS.quick, flopsPerSecond };
    const quickSeconds = (await client.call('plan', quick).catch(() => null))?.seconds ?? null;
    if (mine === asked) store.setState({ plan: { run, plan, quickSeconds } });
  }

  function laterIfBusy(thrown: unknown): null {
    if (thrown instanceof StudioError && thrown.code === 'busy') planIn(AGAIN_MS);
    return null;
  }

  function planIn(ms: number) {
    clearTimeout(timer);
    // The worker has one thread, which is the run's; its end asks again.
    timer = setTimeout(() => !isBusy(store.getState()) && void plan(), ms);
  }

  store.subscribe((now, before) => {
    const same = dependencies(now).every((part, i) => part === dependencies(before)[i]);
    if (same || !now.dataset || now.machine.status !== 'ready' || isBusy(now)) return;
    planIn(WAIT_MS);
  });
}

function dependencies(state: StudioState): readonly unknown[] {
  const { config, stage, experiment, dataset, weights, machine, sweep, speed } = state;
  return [config, stage, experiment, dataset, weights, machine, speed, sweep?.points.length, isBusy(state)];
}
