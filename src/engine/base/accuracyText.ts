/** Accuracies as people read them: a unit, a sensible number of digits, a true minus sign. */

/**
 * Decimals of accuracies in percent, and of what is told in their points: one up to a thousand photos, of which each is at
 * least a tenth of a point, and two above.
 */
export const accuracyDigits = (photos: number): number => (photos > 1000 ? 2 : 1);

/** More than floating point is off by in percent, and less than is ever shown. */
const ROUNDING_ERROR = 1e-9;

/** A share in percent, without the unit: 0.71 → "71.0". A half goes away from zero, that of 0.4125 − 0.25, too. */
export const inPercent = (share: number, digits = 1): string =>
  (100 * share + Math.sign(share) * ROUNDING_ERROR).toFixed(digits);

/** An accuracy measured on so many photos: 0.710914 of 4279 → "71.09 %", of 400 → "71.1 %". */
export const formatAccuracy = (accuracy: number, photos: number): string =>
  `${inPercent(accuracy, accuracyDigits(photos))} %`;

/** A difference of shares, or of accuracies measured on so many photos: 0.0858 → "+8.6 points". */
export const formatPoints = (difference: number, photos = 0): string => `${formatSigned(difference, photos)} points`;

/** 0.0858 → "+8.6", the unit (points) told by what stands around it. */
export function formatSigned(difference: number, photos = 0): string {
  const points = inPercent(Math.abs(difference), accuracyDigits(photos));
  if (Number(points) === 0) return `±${points}`;
  return `${difference < 0 ? '−' : '+'}${points}`;
}
