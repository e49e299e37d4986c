/** What a run will take: its phases, their work, and what it asks of the GPU where it asks most. */
import type { StepSpec } from '../memory/rehearsal';
import { type PlannedPhase, Planner, type RunSpec } from './planning';
import { PROCEDURES } from './registry';

export function plannedPhases(spec: RunSpec): PlannedPhase[] {
  const planner = new Planner(spec);
  const procedure = PROCEDURES[spec.run];
  const phases = procedure.phases(planner);
  const size = procedure.heldOutSize?.(planner);
  const images = spec.heldOutCount ?? 0;
  return size === undefined || images === 0 ? phases : [...phases, planner.forward(size, images)];
}

export function stepSpecOf(spec: RunSpec): StepSpec {
  const { config, arch, classes } = spec;
  const step = PROCEDURES[spec.run].step?.(new Planner(spec));
  const size = step?.size ?? Math.max(...plannedPhases(spec).map((phase) => phase.size));
  return { arch, classes, rows: config.batchSize, size, training: step?.training ?? null };
}
