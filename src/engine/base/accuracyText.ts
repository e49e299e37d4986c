/** Accuracies as people read them: a unit, a sensible number of digits, a true minus sign. */

/**
 * Decimals of accuracies in percent, and of what is told in their points: one up to a thousand photos, of which each is at
 * least a tenth of a point, and two above.
 */
export const accuracyDigits = (photos: number): number => (photos > 1000 ? 2 : 1);

/** An accuracy measured on so many photos: 0.710914 of 4279 → "71.09 %", of 400 → "71.1 %". */
export const formatAccuracy = (accuracy: number, photos: number): string =>
  `${(accuracy * 100).toFixed(accuracyDigits(photos))} %`;

/** A difference of shares, or of accuracies measured on so many photos: 0.0858 → "+8.6 points". */
export const formatPoints = (difference: number, photos = 0): string => `${formatSigned(difference, photos)} points`;

/** 0.0858 → "+8.6", the unit (points) told by what stands around it. */
export function formatSigned(difference: number, photos = 0): string {
  const points = (Math.abs(difference) * 100).toFixed(accuracyDigits(photos));
  if (Number(points) === 0) return `±${points}`;
  return `${difference < 0 ? '−' : '+'}${points}`;
}
