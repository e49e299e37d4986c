/** What a look at photos works with, where nothing is trained. */
import type { StudioConfig } from '../engine/experiments/meta';
import { FEATURE_BYTES } from '../engine/memory/featureCache';
import type { RunContext } from '../engine/train/context';
import { memoryBytesOf } from './runAttempt';

type Given = Pick<RunContext, 'backend' | 'loader' | 'signal' | 'onUnreadable' | 'now'>;

export function lookContext({ config, ...given }: Given & { config: StudioConfig }): RunContext {
  return {
    ...given,
    memoryBytes: memoryBytesOf(config),
    featureBytes: FEATURE_BYTES,
    precision: 'float32',
    tuneSeconds: 0,
  };
}
