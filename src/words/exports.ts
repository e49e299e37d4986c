/** What is said of an exported file that was opened and run. */
import { EXPORTS } from '../engine/exports/meta';
import type { ExportRefusal, Proof } from '../protocol/messages';
import { formatNoun } from './format';

/** 2.14e-6 → "0.0000021"; an infinite one is no number. */
export function formatDifference(difference: number): string {
  if (!Number.isFinite(difference)) return 'more than any number';
  if (difference === 0) return '0';
  const digits = Math.min(100, Math.max(0, 1 - Math.floor(Math.log10(difference))));
  return difference.toFixed(digits);
}

export const unitOf = (output: Proof['output']): string => ({ logits: 'logit', probabilities: 'probability' })[output];

/** Of one file, as a sentence. */
export function proofSentence({ output, runtime, photos, size, equalAnswers, largestDifference }: Proof): string {
  const seen = `${formatNoun(photos, 'validation photo')} at ${size} px`;
  const equal =
    equalAnswers === photos ? 'every answer is the same' : `${equalAnswers} of ${photos} answers are the same`;
  return `Opened by ${runtime} on ${seen}: a ${unitOf(output)} differs by ${formatDifference(largestDifference)} at most, and ${equal}.`;
}

/** The terminal's table, a line a file, and one a format that was left out. */
export function proofTable(proofs: readonly Proof[], refused: readonly ExportRefusal[]): string[] {
  const header = ['format', 'opened by', 'photos', 'largest difference', 'equal answers', ''];
  const rows = proofs.map((proof) => [
    EXPORTS[proof.format].label,
    proof.runtime,
    `${proof.photos} at ${proof.size} px`,
    formatDifference(proof.largestDifference),
    `${proof.equalAnswers} of ${proof.photos}`,
    proof.holds ? 'holds' : 'DOES NOT HOLD',
  ]);
  const widths = header.map((title, column) => Math.max(title.length, ...rows.map((row) => row[column]!.length)));
  const line = (cells: readonly string[]) =>
    cells
      .map((cell, i) => cell.padEnd(widths[i]!))
      .join('  ')
      .trimEnd();
  return [
    ...(rows.length > 0 ? [header, ...rows].map(line) : []),
    ...refused.map((refusal) => `${EXPORTS[refusal.format].label}: ${refusalSentence(refusal)}`),
  ];
}

/** Why a format is left out of everything. */
export const refusalSentence = ({ reason }: Pick<ExportRefusal, 'reason'>): string => `Left out. ${reason}.`;
