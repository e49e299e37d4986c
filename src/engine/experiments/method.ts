/** The optimiser and the schedule that a configuration asks for, in training and in fine-tuning alike. */
import type { Method } from '../train/schedule';
import type { StudioConfig } from './meta';

export function methodOf({ optimizer, momentum, schedule }: StudioConfig): Method {
  return { optimiser: optimizer === 'sgd' ? { kind: 'sgd', momentum } : { kind: 'adamw' }, schedule };
}
