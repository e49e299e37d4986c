import { stepsOf } from '../../client/selectors';
import { epochsOf } from '../../engine/experiments/meta';
import { TrainingChart } from '../charts/TrainingChart';
import { useStudioState } from '../StudioContext';

/** The accuracy of the last training, once it has an epoch. */
export function LatestAccuracy() {
  const result = useStudioState((s) => s.finetune ?? s.baseline);
  const dataset = useStudioState((s) => s.dataset);
  if (!result || result.epochs.length === 0) return null;
  const epochs = epochsOf(result.run, result.config);
  const steps = stepsOf(epochs, dataset?.trainCount ?? 0, result.config.batchSize);
  return <TrainingChart metric="accuracy" result={result} steps={steps} epochs={epochs} dataset={dataset} />;
}
