import type { RunMeta } from '../common/runMeta';

/** The present weights, measured in the view that chose them; the terminal offers it too. */
export const EVALUATE = { label: 'Accuracy check', fields: {} } satisfies RunMeta;
