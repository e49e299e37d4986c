/** A network trained from the start at some size, beside the session's own: what comparisons of train resolutions are made of. */
import type { RunRecord } from '../base/records';
import type { HostState } from '../nn/state';
import type { EvalView } from '../photo/view';
import { train, type TrainingOptions } from '../train/run';
import type { Kept } from '../train/runState';
import { photosOf, stagesOf } from './baseline/run';
import type { ExperimentContext } from './context';
import { withNetwork } from './evaluations';
import type { StudioConfig } from './meta';

/** By the recipe of the settings; the epoch that is kept is chosen in `view`. The session's own weights stay as they are. */
export async function* trainAt(
  context: ExperimentContext,
  config: StudioConfig,
  { size, view, initial }: { size: number; view: EvalView; initial: HostState },
): AsyncGenerator<RunRecord, Kept, undefined> {
  const options = { ...trainingAt(config, size, view), initial };
  const unwritten = { arch: config.arch, state: null };
  try {
    const kept = yield* withNetwork(context, unwritten, (network) =>
      train({ ...context, keep: () => {} }, network, options),
    );
    if (kept.evaluation) context.cache.set(kept.state, context.dataset, kept.evaluation);
    return kept;
  } finally {
    context.backend.releasePool();
  }
}

/** The training that it is. */
export function trainingAt(config: StudioConfig, size: number, view: EvalView): TrainingOptions {
  return {
    ...photosOf({ ...config, trainSize: size }),
    name: `training at ${size} px`,
    stages: stagesOf(config),
    view,
  };
}
