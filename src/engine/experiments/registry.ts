/// <reference types="vite/types/importMeta.d.ts" />
/** What every run does: the `procedure` of the `run.ts` in the folder of its name. */
import { RUNS, type RunId } from './meta';
import type { Procedure } from './procedure';

const found = import.meta.glob<Procedure>('./*/run.ts', { eager: true, import: 'procedure' });

/** @throws Error when it is loaded, if a run of `meta.ts` does nothing. */
export const PROCEDURES = Object.fromEntries(RUNS.map((run) => [run, procedureOf(run)])) as Record<RunId, Procedure>;

function procedureOf(run: RunId): Procedure {
  const procedure = found[`./${run}/run.ts`];
  if (!procedure) throw new Error(`experiments/${run}/run.ts exports no procedure`);
  return procedure;
}
