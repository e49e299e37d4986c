/**
 * Errors that people can act on: a code for programs, a message with the values, a hint on what to do.
 * They cross the worker's border as plain data.
 */
export const ERROR_CODES = {
  'no-webgpu': 'The browser offers no WebGPU to this page.',
  'no-adapter': 'There is WebGPU, but no GPU for this page.',
  'gpu-error': 'The GPU refused a command; what it computed since is wrong, so the run ended.',
  'device-lost': 'The GPU went away: a driver that was reset, a laptop that slept, another program.',
  'exceeds-limits': 'A step or a tensor is more than this GPU has memory for, or binds at once.',
  'not-finite': 'The loss exploded, or it or a weight became infinite or no number.',
  'bad-config': 'A setting is unknown, or its value is outside its range.',
  'bad-dataset': 'A folder, table or archive cannot be understood as a data set.',
  'bad-photo': 'A photo cannot be read or decoded.',
  'bad-weights': 'A file is no weights file, is broken, or does not fit the network.',
  'no-network': 'The Hub could not be reached.',
  'not-on-hub': 'The Hub has no such model, or it is private or gated.',
  'bad-download': 'What was downloaded is not what the Hub announced.',
  'no-space': 'The browser or the disk is out of storage.',
  'needs-step': 'Something has to be done before: photos opened, a baseline trained.',
  'not-exportable': 'A format cannot say what the network does.',
  'export-differs': 'An exported file says something else than the studio in the program that it is made for.',
  busy: 'Something else is going on that this would disturb.',
  stopped: 'A person, or another command, ended it.',
  internal: 'A fault of the studio; please report it.',
} as const;
/** What a program goes by; what it means, the table says. */
export type ErrorCode = keyof typeof ERROR_CODES;

/** An error as data: what `postMessage` carries and `metrics.json` keeps. */
export interface ErrorData {
  code: ErrorCode;
  /** What was wrong, with the values: file, row, field, shape. */
  message: string;
  /** What to do about it. */
  hint?: string;
}

export class StudioError extends Error {
  constructor(
    readonly code: ErrorCode,
    message: string,
    readonly hint?: string,
  ) {
    super(message);
    this.name = 'StudioError';
  }
}

/** What was wrong, and what to do about it, in one line. */
export const inOneLine = ({ message, hint }: Pick<ErrorData, 'message' | 'hint'>): string =>
  hint ? `${message}. ${hint}` : message;

/** Any thrown value as data. */
export function toErrorData(thrown: unknown): ErrorData {
  if (thrown instanceof StudioError) {
    return { code: thrown.code, message: thrown.message, ...(thrown.hint !== undefined && { hint: thrown.hint }) };
  }
  if (thrown instanceof Error) return { code: 'internal', message: `${thrown.name}: ${thrown.message}` };
  return { code: 'internal', message: String(thrown) };
}

/** The inverse of `toErrorData`. */
export function fromErrorData(data: ErrorData): StudioError {
  return new StudioError(data.code, data.message, data.hint);
}
