/** How a network is trained: what it strives for, and the optimiser that takes it there. */
import type { Selection } from '../base/records';
import type { Grouping, OptimiserChoice } from '../optim/optimiser';
import type { ScheduleSpec } from '../optim/schedule';
import type { Objective } from '../optim/objective';

export interface Method {
  optimiser: OptimiserChoice;
  schedule: ScheduleSpec;
  objective: Objective;
  /** One group if not given. */
  grouping?: Grouping;
  /** Decay of the weights' average, which is tested and kept in their place; 0 for none. */
  averaging: number;
  /** Epochs without a better one after which a run ends; 0 for never. */
  patience: number;
  /** What the best epoch is chosen by; accuracy if not given. */
  selectBy?: Selection;
}
