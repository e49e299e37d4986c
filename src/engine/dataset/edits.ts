/**
 * Changes to single photos of a data set, as a person has made them: left out, of another class, in another split. They are kept
 * as text beside the other settings of a folder, and no file is touched.
 */
import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex } from '@noble/hashes/utils.js';
import { type Dataset, type EditSummary, type Sample, type Split, SPLITS } from './types';

export interface PhotoEdit {
  leaveOut?: true;
  /** The class that it is of now. */
  label?: string;
  split?: Split;
}

/** By path. */
export type PhotoEdits = Readonly<Record<string, PhotoEdit>>;

type Splits = Pick<Dataset, Split | 'classes'>;

const ID_DIGITS = 8;

/** Null where the text says no such thing. */
export function parseEdits(text: string): PhotoEdits | null {
  try {
    const said: unknown = JSON.parse(text);
    if (typeof said !== 'object' || said === null || Array.isArray(said)) return null;
    const edits = Object.entries(said).map(([path, edit]: [string, unknown]) => [path, readEdit(edit)] as const);
    return edits.every(([, edit]) => edit !== null) ? (Object.fromEntries(edits) as PhotoEdits) : null;
  } catch {
    return null;
  }
}

function readEdit(edit: unknown): PhotoEdit | null {
  if (typeof edit !== 'object' || edit === null) return null;
  const { leaveOut, label, split } = edit as Record<string, unknown>;
  const known = SPLITS.find((one) => one === split);
  if (split !== undefined && !known) return null;
  if (label !== undefined && typeof label !== 'string') return null;
  return {
    ...(leaveOut === true && { leaveOut }),
    ...(label !== undefined && { label }),
    ...(known && { split: known }),
  };
}

/** In the order of their paths; the later change of a photo wins. */
export function editsText(...edits: readonly PhotoEdits[]): string {
  const all = new Map<string, PhotoEdit>();
  for (const some of edits) {
    for (const [path, edit] of Object.entries(some)) all.set(path, { ...all.get(path), ...edit });
  }
  return JSON.stringify(Object.fromEntries([...all].sort(([a], [b]) => (a < b ? -1 : 1))));
}

/** The splits with all changes made; those of photos that are not there, or to classes that are not, are passed over. */
export function applyEdits(
  dataset: Splits,
  edits: PhotoEdits,
): Record<Split, readonly Sample[]> & { summary: EditSummary } {
  const labels = new Map(dataset.classes.map((name, label) => [name, label]));
  const changed: Record<Split, Sample[]> = { train: [], validation: [], test: [] };
  const summary = { leftOut: 0, relabelled: 0, moved: 0, id: idOf(edits) };
  for (const split of SPLITS) {
    for (const sample of dataset[split]) {
      const edit = Object.hasOwn(edits, sample.path) ? edits[sample.path]! : {};
      if (edit.leaveOut) {
        summary.leftOut++;
        continue;
      }
      const label = edit.label === undefined ? sample.label : (labels.get(edit.label) ?? sample.label);
      if (label !== sample.label) summary.relabelled++;
      const to = edit.split ?? split;
      if (to !== split) summary.moved++;
      changed[to].push(label === sample.label ? sample : { ...sample, label });
    }
  }
  return { ...changed, summary };
}

export const isEdited = ({ leftOut, relabelled, moved }: EditSummary): boolean => leftOut + relabelled + moved > 0;

const idOf = (edits: PhotoEdits): string =>
  bytesToHex(sha256(new TextEncoder().encode(editsText(edits)))).slice(0, ID_DIGITS);
