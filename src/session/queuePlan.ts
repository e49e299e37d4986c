/** What several runs take together. */
import type { QueuePlan, RunPlan } from '../protocol/messages';

/** @param times How often all of them are gone through. */
export function sumOfPlans(plans: readonly RunPlan[], times: number): QueuePlan {
  const known = plans.flatMap(({ seconds }) => (seconds === null ? [] : [seconds]));
  return {
    images: times * sum(plans.map(({ images }) => images)),
    memoryBytes: Math.max(0, ...plans.map(({ memoryBytes }) => memoryBytes)),
    seconds: known.length < plans.length ? null : times * sum(known),
    refusal: plans.find(({ refusal }) => refusal)?.refusal ?? null,
  };
}

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);
