/** What is usual among the photos that are open: from how far off a photo may be said to be unlike those trained on. */
import { distanceTo, neighbourhoodOf, quantile } from '../engine/analysis/nearest';
import type { Dataset, Sample } from '../engine/dataset/types';
import type { Unlikeness } from '../protocol/trials';
import type { Checkpoint } from './checkpoint';
import type { Project } from './project';

/** Photos to compare with, spread over the training photos, and of the validation photos, which set the threshold. */
const MOST_TRAIN = 1000;
const MOST_VALIDATION = 500;
/** Fewer say nothing about one photo in twenty. */
const LEAST_VALIDATION = 40;
/** Of the validation photos that are taken for usual. */
const SHARE = 0.95;

export interface Usual {
  /** Of one photo's pooled features. */
  distanceTo: (features: Float32Array) => number;
  told: Omit<Unlikeness, 'distances'>;
}

/** Photos through the network, each one's pooled features told in turn. */
type Look = (samples: readonly Sample[], onPooled: (features: Float32Array) => void) => Promise<unknown>;

/** Why it cannot be told which photos are unusual, as a sentence; null where it can. */
export function usualRefusal(project: Project, { classes }: Pick<Checkpoint, 'classes'>): string | null {
  if (!project.hasPhotos) return 'The photos that the weights were trained on are not open.';
  const { train, validation, classes: open } = project.dataset;
  if (classes.length !== open.length || classes.some((name, i) => name !== open[i]))
    return 'The open photos are of other classes than the weights.';
  if (train.length === 0) return 'The open folder has no training photos.';
  if (validation.length < LEAST_VALIDATION)
    return `It takes ${LEAST_VALIDATION} validation photos to tell what is usual; there are ${validation.length}.`;
  return null;
}

export async function measureUsual({ train, validation }: Dataset, look: Look): Promise<Usual> {
  const rows: Float32Array[] = [];
  // What is handed out is a part of a batch's memory.
  await look(spread(train, MOST_TRAIN), (features) => void rows.push(Float32Array.from(features)));
  const width = rows[0]!.length;
  const all = new Float32Array(rows.length * width);
  rows.forEach((row, i) => all.set(row, i * width));
  const near = neighbourhoodOf(all, width);
  const distances: number[] = [];
  await look(spread(validation, MOST_VALIDATION), (features) => void distances.push(distanceTo(near, features)));
  const told = { threshold: quantile(distances, SHARE), share: SHARE };
  return {
    distanceTo: (features) => distanceTo(near, features),
    told: { ...told, trainCount: near.count, validationCount: distances.length },
  };
}

function spread<T>(items: readonly T[], most: number): T[] {
  const count = Math.min(most, items.length);
  return Array.from({ length: count }, (_, i) => items[Math.floor((i * items.length) / count)]!);
}
