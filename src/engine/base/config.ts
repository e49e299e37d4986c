/**
 * Settings as data: each field says its label, unit, range, default and why, so that the page can draw it,
 * the terminal can list it, and a value from outside is parsed at the door with an error that names the field.
 */
import { StudioError } from './errors';

interface Described {
  /** A few plain words, shown beside the control. */
  label: string;
  /** One line: what it does and why one would change it. */
  why: string;
  unit?: string;
  /** Shown only under "Advanced". */
  advanced?: boolean;
  /** Shown only while another setting has this value: elsewhere it changes nothing. */
  onlyWith?: readonly [key: string, value: string];
}

export interface NumberField extends Described {
  type: 'number';
  default: number;
  min: number;
  max: number;
  /** Whole numbers only. */
  integer?: boolean;
  /** What the value 0 means, where it means something of its own ("none", "the best size"). */
  zero?: string;
}

export interface ChoiceField<T extends string = string> extends Described {
  type: 'choice';
  default: T;
  options: readonly { value: T; label: string }[];
  /** Taken, and offered nowhere. */
  unlisted?: readonly T[];
}

export interface NumberListField extends Described {
  type: 'numberList';
  default: readonly number[];
  /** Of each entry. */
  min: number;
  max: number;
}

export interface ToggleField extends Described {
  type: 'toggle';
  default: boolean;
}

export type Field = NumberField | ChoiceField | NumberListField | ToggleField;
export type Fields = Readonly<Record<string, Field>>;

export type ValueOf<F extends Field> = F extends NumberField
  ? number
  : F extends ChoiceField<infer T>
    ? T
    : F extends NumberListField
      ? readonly number[]
      : boolean;

/** A value as a person reads it. */
export function valueText(field: Field, value: Field['default']): string {
  if (field.type === 'choice') return field.options.find((option) => option.value === value)?.label ?? String(value);
  if (field.type === 'toggle') return value ? 'on' : 'off';
  return Array.isArray(value) ? value.join(', ') : String(value);
}

/** The plain object that a set of fields describes. */
export type ConfigOf<F extends Fields> = { [K in keyof F]: ValueOf<F[K]> };

export function defaultsOf<F extends Fields>(fields: F): ConfigOf<F> {
  return Object.fromEntries(Object.entries(fields).map(([key, field]) => [key, field.default])) as ConfigOf<F>;
}

/**
 * Parses one value. Text is accepted as a terminal or a form gives it ("64", "0.05", "0,05", "64,128", "64 128", "true").
 * @throws StudioError `bad-config`, naming the field, the value and the range.
 */
export function parseField(key: string, field: Field, value: unknown): ValueOf<Field> {
  switch (field.type) {
    case 'number':
      return parseNumber(key, field, value);
    case 'choice': {
      const options = field.options.map((option) => option.value);
      const taken = [...options, ...(field.unlisted ?? [])].find((option) => option === value);
      if (taken === undefined) throw bad(key, value, `one of ${options.join(', ')}`);
      return taken;
    }
    case 'numberList': {
      const entries: unknown[] = Array.isArray(value) ? value : typeof value === 'string' ? entriesOf(value) : [value];
      const wanted = `whole numbers from ${field.min} to ${field.max}, with commas or spaces between`;
      if (entries.length === 0) throw bad(key, value, wanted);
      const sizes = entries.map((entry) =>
        parseNumber(key, { ...field, type: 'number', default: 0, integer: true }, entry, wanted),
      );
      return [...new Set(sizes)].sort((a, b) => a - b);
    }
    case 'toggle':
      if (value === true || value === 'true' || value === '1') return true;
      if (value === false || value === 'false' || value === '0') return false;
      throw bad(key, value, 'true or false');
    default:
      return field satisfies never;
  }
}

/**
 * Parses a whole object from outside; missing keys take their default.
 * @throws StudioError `bad-config` at the first unknown key or bad value.
 */
export function parseConfig<F extends Fields>(fields: F, given: Readonly<Record<string, unknown>>): ConfigOf<F> {
  for (const key of Object.keys(given)) {
    if (!(key in fields)) {
      throw new StudioError(
        'bad-config',
        `Unknown setting "${key}"`,
        `It must be one of ${Object.keys(fields).join(', ')}.`,
      );
    }
  }
  return Object.fromEntries(
    Object.entries(fields).map(([key, field]) => [
      key,
      given[key] === undefined ? field.default : parseField(key, field, given[key]),
    ]),
  ) as ConfigOf<F>;
}

/** "64, 128", "64 128;256" → its numbers' texts. */
const entriesOf = (text: string): string[] => text.match(/[^\s,;]+/g) ?? [];

/** "0 (none), or a number from 0.05 to 0.9" */
function rangeOf({ integer, min, max, zero }: NumberField): string {
  const range = `a${integer ? ' whole' : ''} number from ${min} to ${max}`;
  return zero !== undefined && min > 0 ? `0 (${zero}), or ${range}` : range;
}

/** A comma stands for the decimal point, save in whole numbers, where "1,000" may be a thousand. */
const numberOf = (text: string, { integer }: NumberField): number => Number(integer ? text : text.replace(',', '.'));

function parseNumber(key: string, field: NumberField, value: unknown, wanted = rangeOf(field)): number {
  const number = typeof value === 'string' && value.trim() !== '' ? numberOf(value, field) : value;
  if (typeof number !== 'number' || !Number.isFinite(number)) throw bad(key, value, wanted);
  if (field.integer && !Number.isInteger(number)) throw bad(key, value, wanted);
  if ((number < field.min || number > field.max) && !(number === 0 && field.zero !== undefined))
    throw bad(key, value, wanted);
  return number;
}

function bad(key: string, value: unknown, wanted: string): StudioError {
  return new StudioError('bad-config', `${key} is ${JSON.stringify(value)}`, `${key} must be ${wanted}.`);
}
