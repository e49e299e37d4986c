/** What is said of a GPU that goes away, stays away or does not answer. */
import { formatDuration, formatNoun } from './format';

/** `reason`: of the loss, a sentence. */
export const lostSentence = (reason: string): string =>
  `${reason.replace(/\.?$/, '.')} Another one is asked for, and the run goes on from where it was saved.`;

/** So many say that the step is too much for the adapter, and not that a laptop slept. */
export const UNSAFE_LOSSES = 2;

export const unsafeSentence = (losses: number): string =>
  `This GPU was lost ${formatNoun(losses, 'time')} at a step of this size. A smaller batch, smaller photos or a smaller network is safer.`;

/** `seconds`: since the last that was heard of it. */
export const hungSentence = (seconds: number): string =>
  `The GPU has not answered for ${formatDuration(seconds)}. If it stays so, reload the page: the run goes on from where it was saved.`;

/** `seconds`: until the browser gives the GPU back by itself, as far as is known. */
export const awaitedSentence = (seconds: number): string =>
  `The browser keeps the GPU from this page, as Chrome does for two minutes after its second loss. The run goes on by itself in ${formatDuration(Math.max(0, seconds))} at the latest, or once you reload the page and press Continue.`;
