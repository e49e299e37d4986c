/** Changes to photos, gathered before they are made: each can be taken back. Pure; photos are numbered through the splits. */
import type { Split } from '../engine/dataset/types';
import type { CheckReport, CopiedPhoto, PhotoChange, PhotoColumns, SplitCopies } from '../protocol/photos';
import { formatCount, formatNoun } from '../words/format';
import { placeOf } from './photoFilter';

type Changes = ReadonlyMap<number, PhotoChange>;

export interface PhotoDraft {
  changes: Changes;
  /** As they were before each step, the last one last. */
  past: readonly Changes[];
}

export const NO_CHANGES: PhotoDraft = { changes: new Map(), past: [] };
/** Steps that can be taken back. */
const MOST_STEPS = 100;

/** The same change to some photos, as one step. What says the same as the data set is no change. */
export function withChange(
  { changes, past }: PhotoDraft,
  photos: Iterable<number>,
  change: Omit<PhotoChange, 'leaveOut'> & { leaveOut?: boolean },
  { labels, counts }: Pick<PhotoColumns, 'labels' | 'counts'>,
): PhotoDraft {
  const next = new Map(changes);
  for (const photo of photos) {
    const { leaveOut, label, to } = { ...next.get(photo), ...change };
    const kept: PhotoChange = {
      ...(leaveOut && { leaveOut: true }),
      ...(label !== undefined && label !== labels[photo] && { label }),
      ...(to && to !== placeOf(counts, photo).split && { to }),
    };
    if (Object.keys(kept).length > 0) next.set(photo, kept);
    else next.delete(photo);
  }
  return { changes: next, past: [...past, changes].slice(-MOST_STEPS) };
}

export function undone({ past }: PhotoDraft): PhotoDraft {
  return { changes: past.at(-1) ?? NO_CHANGES.changes, past: past.slice(0, -1) };
}

/** "3 photos left out, 1 of another class, 2 in another split" */
export function changesText({
  leftOut,
  relabelled,
  moved,
}: {
  leftOut: number;
  relabelled: number;
  moved: number;
}): string {
  const parts = [
    leftOut > 0 && `${formatNoun(leftOut, 'photo')} left out`,
    relabelled > 0 && `${formatCount(relabelled)} of another class`,
    moved > 0 && `${formatCount(moved)} in another split`,
  ];
  return parts.filter(Boolean).join(', ');
}

export function countChanges({ changes }: PhotoDraft): { leftOut: number; relabelled: number; moved: number } {
  const all = [...changes.values()];
  const kept = all.filter(({ leaveOut }) => !leaveOut);
  return {
    leftOut: all.length - kept.length,
    relabelled: kept.filter(({ label }) => label !== undefined).length,
    moved: kept.filter(({ to }) => to).length,
  };
}

/** Which photos of a group stay first: what is measured on is worth more than what is trained on. */
const WORTH: Readonly<Record<Split, number>> = { test: 0, validation: 1, train: 2 };

/** Of equal files in several splits, all but those of the split that is worth most. */
export const splitSurplus = ({ groups }: SplitCopies): CopiedPhoto[] =>
  groups.flatMap((group) => {
    const most = Math.min(...group.map(({ split }) => WORTH[split]));
    return group.filter(({ split }) => WORTH[split] > most);
  });

/**
 * All but one photo of each group of the same ones: one that is measured on stays before one that is trained on. Groups whose
 * labels differ are left to a person.
 */
export function surplusPhotos(
  { groups }: Pick<CheckReport, 'groups'>,
  { labels, counts }: Pick<PhotoColumns, 'labels' | 'counts'>,
): number[] {
  return groups.flatMap((group) => {
    if (new Set(group.map((photo) => labels[photo])).size > 1) return [];
    const worth = (photo: number) => WORTH[placeOf(counts, photo).split];
    return [...group].sort((a, b) => worth(a) - worth(b) || a - b).slice(1);
  });
}
