import type { RunMeta } from '../common/runMeta';

/** The search for the baseline's learning rate: its one setting stands among the baseline's. */
export const LR_FINDER = { label: 'Learning rate', fields: {}, startsAnew: true } satisfies RunMeta;
