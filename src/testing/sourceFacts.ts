/** What the architecture rules need to know of a source file, read from its syntax tree. */
import path from 'node:path';
import { parseSync } from 'vite';

export interface Import {
  /** A file of the project ("src/engine/base/rng.ts") or a package ("vite"). */
  target: string;
  /** Nothing of it is left at run time. */
  typeOnly: boolean;
}

export interface SourceFacts {
  path: string;
  imports: Import[];
  /** Names that are used and declared nowhere in the file: its globals. */
  globals: ReadonlySet<string>;
  /** Names after a dot, or in `x['name']`. */
  members: ReadonlySet<string>;
  /** Members that are called without arguments: `x.name()`. */
  bareCalls: ReadonlySet<string>;
  /** The text without comments. */
  code: string;
  lineCount: number;
}

interface Node {
  type: string;
  start: number;
  end: number;
  [key: string]: unknown;
}

/**
 * @param sources Text by path, from the project's root with forward slashes; imports are resolved among these paths.
 * @throws Error if a file is not TypeScript.
 */
export function readSources(sources: Readonly<Record<string, string>>): SourceFacts[] {
  return Object.entries(sources).map(([file, text]) =>
    /\.(tsx?|mjs)$/.test(file) ? readModule(file, text, sources) : { ...NOTHING, path: file, ...textFacts(text) },
  );
}

const NOTHING = { imports: [], globals: new Set<string>(), members: new Set<string>(), bareCalls: new Set<string>() };

function textFacts(text: string) {
  return { code: text, lineCount: text.trimEnd().split('\n').length };
}

function readModule(file: string, text: string, sources: Readonly<Record<string, string>>): SourceFacts {
  const { program, comments, errors } = parseSync(file, text);
  if (errors[0]) throw new Error(`${file}: ${errors[0].message}`);
  const imports: Import[] = [];
  const used = new Set<string>();
  const declared = new Set<string>();
  const members = new Set<string>();
  const bareCalls = new Set<string>();

  const visit = (node: Node, parent: Node | undefined, key: string) => {
    const specifier = node['source'] ?? (node.type === 'TSImportType' ? node['argument'] : undefined);
    if (isNode(specifier) && specifier.type === 'Literal') {
      imports.push({ target: resolve(file, String(specifier['value']), sources), typeOnly: isTypeOnly(node) });
    }
    const member = memberName(node);
    if (member !== undefined) members.add(member);
    const callee = node['callee'];
    if (node.type === 'CallExpression' && isNode(callee) && (node['arguments'] as unknown[]).length === 0) {
      const name = memberName(callee);
      if (name !== undefined) bareCalls.add(name);
    }
    for (const pattern of bindings(node)) declare(pattern, declared);
    if (node.type === 'Identifier' && !isMereLabel(key, parent)) used.add(String(node['name']));
    for (const [childKey, value] of Object.entries(node)) {
      for (const child of Array.isArray(value) ? value : [value]) if (isNode(child)) visit(child, node, childKey);
    }
  };
  visit(program as unknown as Node, undefined, '');

  return {
    path: file,
    imports,
    globals: new Set([...used].filter((name) => !declared.has(name))),
    members,
    bareCalls,
    ...textFacts(text),
    code: withoutComments(text, comments),
  };
}

function isNode(value: unknown): value is Node {
  return typeof value === 'object' && value !== null && 'type' in value && 'start' in value;
}

function memberName(node: Node): string | undefined {
  const property = node['property'];
  if (node.type !== 'MemberExpression' || !isNode(property)) return undefined;
  if (node['computed'] !== true) return String(property['name']);
  return property.type === 'Literal' ? String(property['value']) : undefined;
}

/** `import type`, `export type`, `import('x').T`, and `import { type A, type B }`. */
function isTypeOnly(node: Node): boolean {
  if (node.type === 'TSImportType' || node['importKind'] === 'type' || node['exportKind'] === 'type') return true;
  const specifiers = node['specifiers'];
  if (!Array.isArray(specifiers) || specifiers.length === 0) return false;
  return specifiers.filter(isNode).every((one) => one['importKind'] === 'type' || one['exportKind'] === 'type');
}

/** An identifier that names no variable: `x.name`, `{ name: x }`, a method, a part of a type's path. */
function isMereLabel(key: string, parent: Node | undefined): boolean {
  if (key === 'property' || key === 'key') return parent?.['computed'] !== true;
  return ['imported', 'exported', 'label', 'qualifier', 'meta'].includes(key) || parent?.type === 'TSQualifiedName';
}

/** The patterns that a node declares: variables, parameters, imports, functions, classes, types. */
function bindings(node: Node): Node[] {
  const patterns = [node['local'], node['param'], ...(Array.isArray(node['params']) ? node['params'] : [])];
  const named = /Declarat|FunctionExpression|ClassExpression|TSEnumMember/.test(node.type);
  return [...patterns, named ? node['id'] : undefined].filter(isNode);
}

function declare(pattern: Node, into: Set<string>): void {
  if (pattern.type === 'Identifier') into.add(String(pattern['name']));
  const parts = [pattern['properties'], pattern['elements'], pattern['value'], pattern['left'], pattern['argument']];
  for (const part of [...parts, pattern['parameter']].flat()) if (isNode(part)) declare(part, into);
}

function withoutComments(text: string, comments: readonly { start: number; end: number }[]): string {
  return comments.reduceRight((rest, { start, end }) => rest.slice(0, start) + rest.slice(end), text);
}

function resolve(from: string, specifier: string, sources: Readonly<Record<string, string>>): string {
  const bare = specifier.replace(/\?.*$/, '');
  if (!bare.startsWith('.')) return bare;
  const base = path.posix.join(path.posix.dirname(from), bare);
  const endings = ['', '.ts', '.tsx', '.d.ts', '.mjs', '/index.ts'];
  return endings.map((ending) => base + ending).find((file) => file in sources) ?? base;
}
