/** What is said of a project's being kept. */

export const notSavedSentence = (reason: string): string =>
  `What is trained is not being saved (${reason}). Training goes on, and files can be downloaded; but what is not downloaded is lost when this is closed. Free some storage, or allow it.`;

export const goingOnSentence = (epoch: number): string =>
  epoch > 0 ? `The run goes on in epoch ${epoch}.` : 'The run begins again.';

/** `reason`: of the loss, a sentence. */
export const lostSentence = (reason: string): string =>
  `${reason.replace(/\.?$/, '.')} Another one is asked for, and the run goes on from where it was saved.`;
