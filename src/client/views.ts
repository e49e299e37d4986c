/** What the views of a photo say: how large things appear in training and in testing. */
import type { PhotoViews, ShownView } from '../protocol/messages';

/** 0.4321 → "0.43 ×": how large things are beside the photo. */
export const formatScale = (scale: number): string => `${scale.toFixed(2)} ×`;

/** Times that things appear larger in a test view than in these training views, on average; below 1: smaller. */
export function apparentRatio(test: ShownView, train: readonly ShownView[]): number {
  return train.reduce((sum, { scale }) => sum + test.scale / scale, 0) / train.length;
}

export function viewsSentence({ train, test }: PhotoViews): string {
  const [own] = test;
  if (!own || train.length === 0) return '';
  const scales = train.map(({ scale }) => scale);
  const range = `Training shows this photo at ${formatScale(Math.min(...scales))} to ${formatScale(Math.max(...scales))} its size, validation at ${formatScale(own.scale)}`;
  const ratio = apparentRatio(own, train);
  if (Math.abs(ratio - 1) < 0.05) return `${range}: about as large as in training.`;
  const relation = ratio > 1 ? `${ratio.toFixed(2)} times larger` : `${(1 / ratio).toFixed(2)} times smaller`;
  return `${range}: things look ${relation} than in these training views on average.`;
}
