/** Opens folders in memory and holds what was understood of them against what is right. */
import { expect } from 'vitest';
import { openDataset } from '../engine/dataset/open';
import type { DatasetSettings } from '../engine/dataset/settings';
import { refusalSentence } from '../words/dataset';
import { warningText } from '../words/datasetWarnings';
import { type Files, folderOf, JPEG } from './folders';

export async function understood(files: Files, settings: DatasetSettings = {}) {
  const dataset = await openDataset(folderOf(files), { seed: 42, settings });
  const { classes, train, validation, test: held, unused, warnings, choices, refusal } = dataset;
  return {
    classes,
    counts: [train.length, validation.length, held.length],
    unused,
    photos: [...train, ...validation, ...held].map(({ path }) => path),
    ids: [...train, ...validation, ...held].map(({ imageId }) => imageId),
    told: warnings.map(warningText).join('\n'),
    choices,
    refusal: refusal && `${refusal.code}: ${refusalSentence(refusal)}`,
  };
}

export interface Expected {
  classes?: readonly string[];
  /** Training, validation and held-out photos; a lone number is their sum. */
  counts?: readonly number[] | number;
  told?: RegExp;
  refusal?: RegExp;
}

export type Layout = readonly [what: string, files: Files, expected: Expected, settings?: DatasetSettings];

export async function expectUnderstood(files: Files, expected: Expected, settings?: DatasetSettings): Promise<void> {
  const found = await understood(files, settings);
  if (expected.refusal) {
    expect(found.refusal).toMatch(expected.refusal);
    return;
  }
  expect(found.refusal).toBeNull();
  if (expected.classes) expect(found.classes).toEqual(expected.classes);
  if (typeof expected.counts === 'number') expect(found.counts.reduce((a, b) => a + b)).toBe(expected.counts);
  else if (expected.counts) expect(found.counts).toEqual(expected.counts);
  if (expected.told) expect(found.told).toMatch(expected.told);
  // Every photo is used or spoken of, and none is used twice.
  expect(new Set(found.ids).size).toBe(found.ids.length);
  const listed = Object.entries(files)
    .filter(([, content]) => content === JPEG)
    .map(([path]) => path);
  expect(listed.filter((path) => !found.photos.includes(path) && !found.told.includes(path))).toEqual([]);
}
