/** Numbers that have gone wrong: nothing that comes after them is worth anything. */
import { StudioError } from '../base/errors';

/** `what`: a sentence without its point. */
export const notFinite = (what: string): StudioError =>
  new StudioError(
    'not-finite',
    what,
    'Lower the learning rate, clip gradients or use a larger batch, and start again.',
  );

export const isNotFinite = (thrown: unknown): boolean => thrown instanceof StudioError && thrown.code === 'not-finite';
