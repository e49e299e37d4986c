/** A network trained from the start at some size, beside the session's own: what comparisons of train resolutions are made of. */
import type { RunRecord } from '../base/records';
import type { Architecture } from '../models/meta';
import type { HostState } from '../nn/state';
import type { EvalView } from '../photo/view';
import { train, type TrainingOptions } from '../train/run';
import type { Kept } from '../train/runState';
import { photosOf, stagesOf } from './baseline/run';
import type { ExperimentContext } from './context';
import { type Weights, withNetwork } from './evaluations';
import type { StudioConfig } from './meta';

interface At {
  size: number;
  view: EvalView;
  initial: HostState;
}

const NO_STATE: HostState = { tensors: new Map(), batchesTracked: new Map() };

/** Trained at a size for what `names` say is measured of it; without a tensor where an earlier session has measured it all. */
export async function* weightsAt(
  context: ExperimentContext,
  config: StudioConfig,
  at: At,
  names: readonly string[],
): AsyncGenerator<RunRecord, Weights, undefined> {
  const known = names.every((name) => context.ended?.has(name));
  const state = known ? NO_STATE : (yield* trainAt(context, config, at)).state;
  return { arch: config.arch, state };
}

/** By the recipe of the settings; the epoch that is kept is chosen in `view`. */
const trainAt = (context: ExperimentContext, config: StudioConfig, { size, view, initial }: At) =>
  trainAside(context, config.arch, { ...trainingAt(config, size, view), initial });

/**
 * A training whose weights are a run's own: the session's stay as they are. One that ended in an earlier session, which has told of
 * it and left no weights, comes to the same again, and nothing is told of it.
 */
export async function* trainAside(
  context: ExperimentContext,
  arch: Architecture,
  options: TrainingOptions,
): AsyncGenerator<RunRecord, Kept, undefined> {
  const again = context.ended?.has(options.name) ?? false;
  const { onTraining: _, ...untold } = context;
  const own = { ...(again ? untold : context), keep: () => {} };
  try {
    const kept = yield* withNetwork(context, { arch, state: null }, (network) =>
      again ? progressOf(train(own, network, options)) : train(own, network, options),
    );
    if (kept.evaluation) context.cache.set(kept.state, context.dataset, kept.evaluation);
    return kept;
  } finally {
    context.backend.releasePool();
  }
}

/** Of its records those alone by which time is told. */
async function* progressOf<T>(
  records: AsyncGenerator<RunRecord, T, undefined>,
): AsyncGenerator<RunRecord, T, undefined> {
  for (;;) {
    const { done, value } = await records.next();
    if (done) return value;
    if (value.kind === 'phase' || value.kind === 'evaluated') yield value;
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
