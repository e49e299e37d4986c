/** What a run leaves in its folder, by name; and what an earlier one has left there. */
import { stat } from 'node:fs/promises';
import path from 'node:path';
import { MODEL_FORMATS } from '../engine/exports/meta';
import type { ExportKind } from '../protocol/messages';
import type { TriedFile } from '../protocol/trials';
import { CHECKPOINT_FILE, TORCHRUN } from './exportModels';

export type ResultKind = Extract<ExportKind, 'metrics' | 'weights' | 'predictions' | 'report' | 'map'>;

export const FILE_NAMES: Record<ResultKind, string> = {
  metrics: 'metrics.json',
  weights: 'weights.safetensors',
  predictions: 'predictions.csv',
  report: 'report.html',
  map: 'map.csv',
};
export const TRIED_NAMES: Record<TriedFile, string> = {
  submission: 'submission.csv',
  probabilities: 'probabilities.csv',
};

const FILES = [...Object.values(FILE_NAMES), ...Object.values(TRIED_NAMES), CHECKPOINT_FILE];
const FOLDERS = [...MODEL_FORMATS, TORCHRUN];

/** When each result that is there was written, ms. */
export type WrittenAt = ReadonlyMap<string, number>;

export async function resultsIn(folder: string): Promise<WrittenAt> {
  const found = new Map<string, number>();
  for (const name of [...FILES, ...FOLDERS]) {
    const there = await stat(path.join(folder, name)).catch(() => null);
    if (there) found.set(there.isDirectory() ? `${name}/` : name, there.mtimeMs);
  }
  return found;
}

/** `before`: as the run found the folder. Null where it has left nothing of what was there. */
export function leftSentence(before: WrittenAt, now: WrittenAt): string | null {
  const left = [...before].filter(([name, at]) => now.get(name) === at).map(([name]) => name);
  return left.length === 0 ? null : `left from an earlier run: ${left.join(', ')}`;
}
