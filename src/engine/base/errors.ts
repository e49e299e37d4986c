/**
 * Errors that people can act on: a code for programs, a message with the values, a hint on what to do.
 * They cross the worker's border as plain data.
 */
export type ErrorCode =
  | 'no-webgpu'
  | 'no-adapter'
  | 'gpu-error'
  | 'device-lost'
  | 'exceeds-limits'
  | 'not-finite'
  | 'bad-config'
  | 'bad-dataset'
  | 'bad-photo'
  | 'bad-weights'
  | 'no-network'
  | 'not-on-hub'
  | 'bad-download'
  | 'no-space'
  | 'needs-step'
  | 'not-exportable'
  | 'export-differs'
  | 'busy'
  | 'stopped'
  | 'internal';

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
