/** The frozen part of a training's network: where views are fixed, each photo goes through it once. */
import type { RunRecord } from '../base/records';
import type { Dataset } from '../dataset/types';
import { type FeatureCachePlan, type FeatureStore, planFeatureCache } from '../memory/featureCache';
import type { TrainedTensors } from '../models/parts';
import type { Network } from '../models/passes';
import { mixes, type Objective } from '../optim/objective';
import type { EvalView, ViewSpec } from '../photo/view';
import type { RunContext } from './context';
import { extractFeatures } from './extractFeatures';

type TrunkContext = RunContext & { dataset: Dataset };

export interface TrunkOptions {
  network: Network;
  training: TrainedTensors;
  epochs: number;
  batchSize: number;
  size: number;
  /** Of training, `size` px. */
  spec: ViewSpec;
  /** Of validation. */
  view: EvalView;
  objective: Objective;
}

/** What the trunk makes of a split's photos; null where that is not worth keeping. */
export type Features = Record<'train' | 'validation', FeatureStore | null>;

/** Which splits' features are worth keeping; null for neither. */
export function planFeatures(
  { dataset, precision, featureBytes }: TrunkContext,
  { network: { arch }, training: { trained, mode }, epochs, spec, size, view, objective }: TrunkOptions,
): FeatureCachePlan | null {
  const trainable = { isTrainable: (key: string) => trained.has(key), mode };
  const counts = { trainCount: dataset.train.length, validationCount: dataset.validation.length };
  const fixed = spec.kind === 'eval' && !mixes(objective);
  return planFeatureCache({
    arch,
    trainable,
    epochs,
    fixed,
    size,
    testSize: view.crop,
    ...counts,
    precision,
    featureBytes,
  });
}

/** The features that are planned for. `epoch`: the one that has been trained last, for the progress. */
export async function* keptFeatures(
  context: TrunkContext,
  { network, batchSize, spec, view }: TrunkOptions,
  plan: FeatureCachePlan | null,
  epoch: number,
): AsyncGenerator<RunRecord, Features, undefined> {
  const { train, validation } = context.dataset;
  const extract = (samples: Dataset['train'], of: EvalView) =>
    extractFeatures(context, { network, cut: plan!.cut, samples, batchSize, view: of, epoch });
  return {
    train: plan?.train && spec.kind === 'eval' ? yield* extract(train, spec) : null,
    validation: plan?.validation ? yield* extract(validation, view) : null,
  };
}

/** The network from where its features end; all of it without any. */
export const fromFeatures = <N extends Network>(
  network: N,
  plan: FeatureCachePlan | null,
  features: object | null,
): N => (plan && features ? { ...network, from: plan.cut } : network);
