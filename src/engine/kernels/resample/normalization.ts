/** ImageNet's channel statistics, which networks with imported weights may expect their photos to be normalised by. */
import { floatWord } from '../launch';

export const IMAGENET_MEAN = [0.485, 0.456, 0.406] as const;
export const IMAGENET_STD = [0.229, 0.224, 0.225] as const;

/** Six uniform words: what is subtracted from each channel, and what it is divided by. Off, values stay as they are. */
export function normalizationWords(normalize: boolean): number[] {
  const [mean, std] = normalize
    ? [IMAGENET_MEAN, IMAGENET_STD]
    : [
        [0, 0, 0],
        [1, 1, 1],
      ];
  return [...mean, ...std].map(floatWord);
}
