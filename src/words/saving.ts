/** What is said of a project's being kept. */

export const notSavedSentence = (reason: string): string =>
  `What is trained is not being saved (${reason}). Training goes on, and files can be downloaded; but what is not downloaded is lost when this is closed. Free some storage, or allow it.`;

export const goingOnSentence = (epoch: number): string =>
  epoch > 0 ? `The run goes on in epoch ${epoch}.` : 'The run begins again.';
