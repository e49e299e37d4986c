/** A network to export, and how far logits are from one another. */
import type { ExportedFile, ExportedModel } from '../engine/exports/model';
import type { Architecture } from '../engine/models/meta';
import { stateSpecs } from '../engine/models/registry';
import { goldenState } from './golden/network';

export const CLASSES = ['a', 'b', 'c', 'd', 'e'];

/** The weights of golden.json. */
export function exportedModel(arch: Architecture, changes: Partial<ExportedModel> = {}): ExportedModel {
  const state = goldenState(stateSpecs(arch, CLASSES.length));
  return {
    arch,
    classes: CLASSES,
    state,
    view: { kind: 'eval', resize: 80, crop: 64 },
    respectExif: false,
    temperature: null,
    trainSize: 48,
    measured: [],
    metadata: { origin: 'a test', license: 'apache-2.0' },
    ...changes,
  };
}

export const NORMALIZED = { kind: 'eval', resize: 80, crop: 64, normalize: true } as const;

export const byPath = (files: readonly ExportedFile[]): Map<string, Blob> =>
  new Map(files.map(({ path, blob }) => [path, blob]));

/** Of the differences, one by one. */
export function largestDifference(a: ArrayLike<number>, b: ArrayLike<number>): number {
  if (a.length !== b.length) throw new Error(`${a.length} values, ${b.length} expected`);
  return Array.from(a).reduce((worst, value, i) => Math.max(worst, Math.abs(value - b[i]!)), 0);
}
