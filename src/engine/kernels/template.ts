/**
 * WGSL with numbers filled in and loops unrolled as text, so that one shader file serves a family of variants:
 * register tiles must be unrolled by us, since not every driver does it.
 *
 *     //# for r in 0..ROWS       lines repeated with r = 0, 1, … ROWS - 1
 *     //# if SUBGROUP == 4       lines kept if true
 *     //# else
 *     //# end
 *     acc${r * 2 + 1}            whole-number expressions over the constants and loop variables
 */
export type Constants = Readonly<Record<string, number>>;

/** @throws Error at an unknown name, a bad expression or an unclosed block: a mistake in the shader file. */
export function expand(source: string, constants: Constants): string {
  const lines = source.split('\n');
  const out: string[] = [];
  const end = expandBlock(lines, 0, constants, out, true);
  if (end !== lines.length) throw new Error(`Line ${end + 1} closes no block: ${lines[end]}`);
  return out.join('\n');
}

const DIRECTIVE = /^\s*\/\/#\s*(\w+)\s*(.*?)\s*$/;

/** Expands from `start` to the block's `end` or `else` and returns that line's index; `live` is false in skipped parts. */
function expandBlock(lines: readonly string[], start: number, names: Constants, out: string[], live: boolean): number {
  let at = start;
  while (at < lines.length) {
    const line = lines[at]!;
    const [, word, rest = ''] = DIRECTIVE.exec(line) ?? [];
    if (word === undefined) {
      if (live)
        out.push(line.replaceAll(/\$\{([^}]*)\}/g, (_, expression: string) => String(evaluate(expression, names))));
      at++;
    } else if (word === 'for') {
      at = expandFor(lines, at, rest, names, out, live);
    } else if (word === 'if') {
      at = expandIf(lines, at, rest, names, out, live);
    } else if (word === 'else' || word === 'end') {
      return at;
    } else {
      throw new Error(`Unknown directive in: ${line}`);
    }
  }
  return at;
}

function expandFor(lines: readonly string[], at: number, rest: string, names: Constants, out: string[], live: boolean) {
  const [, variable, from, to] = /^(\w+) in (.+)\.\.(.+)$/.exec(rest) ?? [];
  if (variable === undefined || from === undefined || to === undefined) throw new Error(`Bad loop: ${lines[at]}`);
  const first = live ? evaluate(from, names) : 0;
  const last = live ? evaluate(to, names) : 0;
  let end = expandBlock(lines, at + 1, { ...names, [variable]: first }, first < last ? out : [], live && first < last);
  for (let i = first + 1; i < last; i++) end = expandBlock(lines, at + 1, { ...names, [variable]: i }, out, live);
  return closing(lines, end);
}

function expandIf(lines: readonly string[], at: number, rest: string, names: Constants, out: string[], live: boolean) {
  const holds = live && evaluate(rest, names) !== 0;
  let end = expandBlock(lines, at + 1, names, out, holds);
  if (/\belse\b/.test(lines[end] ?? '')) end = expandBlock(lines, end + 1, names, out, live && !holds);
  return closing(lines, end);
}

function closing(lines: readonly string[], end: number): number {
  if (!/\/\/#\s*end/.test(lines[end] ?? '')) throw new Error('A block is not closed');
  return end + 1;
}

const PRECEDENCE: Readonly<Record<string, number>> = {
  '==': 1,
  '!=': 1,
  '<': 2,
  '>': 2,
  '<=': 2,
  '>=': 2,
  '+': 3,
  '-': 3,
  '*': 4,
  '/': 4,
  '%': 4,
};

/** A whole-number expression; `/` rounds towards zero, comparisons give 1 or 0. */
function evaluate(expression: string, names: Constants): number {
  const tokens = expression.match(/\d+|\w+|[=!<>]=|[-+*/%<>()]/g) ?? [];
  let at = 0;
  const primary = (): number => {
    const token = tokens[at++];
    if (token === '(') {
      const value = binary(1);
      if (tokens[at++] !== ')') throw new Error(`Unbalanced: ${expression}`);
      return value;
    }
    if (token === undefined) throw new Error(`Unfinished: ${expression}`);
    const value = /^\d/.test(token) ? Number(token) : names[token];
    if (value === undefined) throw new Error(`Unknown name ${token} in: ${expression}`);
    return value;
  };
  const binary = (level: number): number => {
    let left = primary();
    for (;;) {
      const operator = tokens[at];
      const precedence = operator === undefined ? undefined : PRECEDENCE[operator];
      if (operator === undefined || precedence === undefined || precedence < level) return left;
      at++;
      left = apply(operator, left, binary(precedence + 1));
    }
  };
  const value = binary(1);
  if (at !== tokens.length) throw new Error(`Cannot read: ${expression}`);
  return value;
}

function apply(operator: string, a: number, b: number): number {
  switch (operator) {
    case '+':
      return a + b;
    case '-':
      return a - b;
    case '*':
      return a * b;
    case '/':
      return Math.trunc(a / b);
    case '%':
      return a % b;
    case '==':
      return Number(a === b);
    case '!=':
      return Number(a !== b);
    case '<':
      return Number(a < b);
    case '>':
      return Number(a > b);
    case '<=':
      return Number(a <= b);
    case '>=':
      return Number(a >= b);
    default:
      throw new Error(`Unknown operator ${operator}`);
  }
}
