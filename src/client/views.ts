/** What the views of a photo say: how large things appear in training and in testing. */
import type { PhotoViews, ShownView } from '../protocol/photos';

/** 0.4321 → "0.43 ×": how large things are beside the photo. */
export const formatScale = (scale: number): string => `${times(scale)}×`;

const times = (value: number): string => value.toFixed(2);

/** Times that things appear larger in a test view than in these training views, on average; below 1: smaller. */
export function apparentRatio(test: ShownView, train: readonly ShownView[]): number {
  return train.reduce((sum, { scale }) => sum + test.scale / scale, 0) / train.length;
}

/** Which training views these are. `planned`: epochs that the run is set to; views of later ones are as they would be. */
export function trainViewsNote(size: number, [first, last]: readonly [number, number], planned: number): string {
  const beyond = last > planned ? `; the run is set to ${planned}` : '';
  return `random crops at ${size} px, epochs ${first} to ${last}${beyond}`;
}

export function viewsSentence({ train, test }: PhotoViews): string {
  const [own] = test;
  if (!own || train.length === 0) return '';
  const scales = train.map(({ scale }) => scale);
  const range = `Training shows things at ${times(Math.min(...scales))} to ${times(Math.max(...scales))} times their size in the photo, validation at ${times(own.scale)}`;
  const ratio = apparentRatio(own, train);
  if (Math.abs(ratio - 1) < 0.05) return `${range}: about as large as in training.`;
  const relation = ratio > 1 ? `${times(ratio)} times larger` : `${times(1 / ratio)} times smaller`;
  return `${range}: on average ${relation} than in these training views.`;
}

/** The same in a few words, for the head of the page: of this photo and these draws, not of all. */
export function apparentHeadline({ train, test }: PhotoViews): string {
  const [own] = test;
  if (!own || train.length === 0) return '';
  const ratio = apparentRatio(own, train);
  if (Math.abs(ratio - 1) < 0.05) return 'In tests, this photo looks about as large as in these training views.';
  const [relation, by] = ratio > 1 ? ['larger', ratio] : ['smaller', 1 / ratio];
  return `In tests, this photo looks about ${by.toFixed(1)}× ${relation} than in these training views. Whether that costs accuracy, step 3 measures.`;
}
