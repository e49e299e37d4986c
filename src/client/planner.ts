/** Keeps the plan of the chosen stage's run current: asks the worker again whenever what it depends on has changed. */
import type { StoreApi } from 'zustand/vanilla';
import type { RunId } from '../engine/experiments/meta';
import { isBusy, type StageId, type StudioState } from './state';
import type { WorkerClient } from './workerClient';

const WAIT_MS = 200;

export const RUN_OF_STAGE: Record<StageId, RunId | null> = {
  photos: null,
  baseline: 'baseline',
  sweep: 'sweep',
  finetune: 'finetune',
  takehome: 'evaluate',
};

export function keepPlanning(store: StoreApi<StudioState>, client: WorkerClient): void {
  let timer: ReturnType<typeof setTimeout> | undefined;
  let asked = 0;

  async function plan() {
    const { stage, config } = store.getState();
    const run = RUN_OF_STAGE[stage];
    const mine = ++asked;
    // A plan that cannot be made (a step is missing) is no failure of its own: the start would say why.
    const plan = run && (await client.call('plan', { run, config }).catch(() => null));
    if (mine === asked) store.setState({ plan: run && plan ? { run, plan } : null });
  }

  store.subscribe((now, before) => {
    const same = dependencies(now).every((part, i) => part === dependencies(before)[i]);
    if (same || !now.dataset || now.machine.status !== 'ready') return;
    clearTimeout(timer);
    timer = setTimeout(() => void plan(), WAIT_MS);
  });
}

function dependencies(state: StudioState): readonly unknown[] {
  const { config, stage, dataset, weights, machine, sweep } = state;
  return [config, stage, dataset, weights, machine, sweep?.points.length, isBusy(state)];
}
