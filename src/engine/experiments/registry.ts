/** What every run does, a line each. */
import { ablationProcedure } from './ablation/run';
import { adaptationProcedure } from './adaptation/run';
import { baselineProcedure } from './baseline/run';
import { evaluateProcedure } from './evaluate/run';
import { finetuneProcedure } from './finetune/run';
import { framingProcedure } from './framing/run';
import { lowResolutionProcedure } from './lowResolution/run';
import { lrFinderProcedure } from './lrFinder/run';
import type { RunId } from './meta';
import type { Procedure } from './procedure';
import { progressiveProcedure } from './progressive/run';
import { sweepProcedure } from './sweep/run';

export const PROCEDURES: Readonly<Record<RunId, Procedure>> = {
  lrFinder: lrFinderProcedure,
  baseline: baselineProcedure,
  sweep: sweepProcedure,
  finetune: finetuneProcedure,
  ablation: ablationProcedure,
  lowResolution: lowResolutionProcedure,
  progressive: progressiveProcedure,
  adaptation: adaptationProcedure,
  framing: framingProcedure,
  evaluate: evaluateProcedure,
};
