/** A split's photos through a frozen trunk, once. */
import type { Sample } from '../dataset/types';
import { readFloats } from '../gpu/readback';
import { featureShape } from '../models/cost';
import type { SplitPoint } from '../models/model';
import type { EvalView } from '../photo/view';
import { throughNetwork } from './evaluate';
import { FeatureStore } from '../memory/featureCache';
import type { RunRecord } from '../base/records';
import { featuresOf, type Network } from '../models/passes';
import type { RunContext } from './context';

/** Every sample once through the network up to `cut`; photos that cannot be read have no features. */
export async function* extractFeatures(
  context: RunContext,
  o: {
    network: Network;
    cut: SplitPoint;
    samples: readonly Sample[];
    batchSize: number;
    view: EvalView;
    epoch: number;
  },
): AsyncGenerator<RunRecord, FeatureStore, undefined> {
  const { backend } = context;
  const store = new FeatureStore(featureShape(o.network.arch, o.view.crop, o.cut));
  yield* throughNetwork(context, o, {
    submit: (images) => {
      const features = featuresOf(backend, o.network, images, o.cut);
      const values = readFloats(backend, features);
      backend.release(features);
      return values;
    },
    settle: (values, indices) => {
      store.put(indices, values);
      return [];
    },
  });
  return store;
}
