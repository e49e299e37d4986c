/** What an experiment works with. */
import type { PhotoSize } from '../analysis/apparentSize';
import type { TrainingContext } from '../train/run';
import type { EvaluationCache } from './evaluationCache';

export interface ExperimentContext extends TrainingContext {
  /** Of photos of the folder, as they are seen; none where no photo tells its size. */
  photoSizes: () => Promise<readonly PhotoSize[]>;
  /** Evaluations made before, in other runs too. */
  cache: EvaluationCache;
}
