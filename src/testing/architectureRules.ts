/** The design's rules that a program can check: who imports whom, and which words belong where. See `src/README.md`. */
import type { Import, SourceFacts } from './sourceFacts';

/** Engine files without runtime code of weight: the page may use them, and so may every part of the engine. */
const RUNTIME_FREE = [
  /^src\/engine\/(.+\/)?meta$/,
  /^src\/engine\/base\/(config|errors|accuracyText|csvText)$/,
  /^src\/engine\/(base\/records|dataset\/(types|settings)|photo\/(view|photoKinds)|gpu\/report|experiments\/common\/\w+)$/,
];

/** What each engine folder may import, besides itself and the files above. */
const ENGINE_ARROWS: Readonly<Record<string, readonly string[]>> = {
  base: [],
  gpu: ['base'],
  kernels: ['base', 'gpu'],
  nn: ['base', 'gpu', 'kernels'],
  models: ['base', 'gpu', 'kernels', 'nn', 'analysis'],
  photo: ['base'],
  io: ['base'],
  analysis: ['base', 'photo'],
  dataset: ['base', 'photo'],
  sources: ['base', 'photo', 'io'],
  optim: ['base', 'gpu', 'kernels', 'nn', 'models'],
  memory: ['base', 'gpu', 'kernels', 'nn', 'models', 'optim'],
  train: ['base', 'gpu', 'kernels', 'nn', 'models', 'photo', 'io', 'analysis', 'dataset', 'optim', 'memory'],
  check: ['base', 'gpu', 'kernels', 'nn', 'models', 'optim', 'memory'],
  exports: ['base', 'kernels', 'nn', 'models', 'photo', 'io', 'optim', 'train'],
  experiments: [
    'base',
    'gpu',
    'kernels',
    'nn',
    'models',
    'photo',
    'io',
    'analysis',
    'dataset',
    'optim',
    'memory',
    'train',
  ],
};

const HOST_WORDS = ['window', 'document', 'self', 'process', 'navigator', 'globalThis'];
/** Where the engine meets its host's GPU. */
const HOST_DOOR = /^src\/engine\/gpu\//;

/** What a test takes besides its own process, by the end of its name; of several the first. */
const TEST_ENDINGS: readonly (readonly [ending: string, takes: string])[] = [
  ['.gpu.test.ts', 'src/hosts/node/gpu'],
  ['.program.test.ts', 'node:child_process'],
  ['.null.test.ts', 'src/hosts/node/nullGpu'],
];

const BACKEND_DOOR = 'src/engine/gpu/backend.ts';
const BACKEND_INTERNALS = [
  'bufferManager',
  'tensorMap',
  'textureManager',
  'computePassEncoder',
  'commandEncoder',
  'commandQueueOwnedIds',
  'dispatchCountInPass',
  'pipelineCache',
  'recordAndSubmit',
  'tensorDataPendingDisposal',
  'stagingPendingDisposal',
  'uniformPendingDisposal',
];

const READBACK_DOOR = 'src/engine/gpu/readback.ts';
/** Reads tensors of stock TensorFlow.js, on a device of their own. */
const STOCK_TENSORS = /^src\/engine\/check\//;
const READBACK_CALLS = ['data', 'dataSync', 'array', 'arraySync'];

/** Spellings of a ResNet's layers: what they mean, `models` says. A graph for export names the layers that it writes. */
const KEYS_DOOR = /^src\/(engine\/(models\/|exports\/)|words\/loadingSnippet\.ts$)/;
const KEY_SPELLING = /layer(\d\.|\[)|downsample|\bbn\d|\bconv(\d\b|\\)|\bfc\\?\.|\bhead\\?\.[\d[]/;

const MAX_LINES = 500;

/** Tests, benches and what they share may reach anywhere. */
const isTest = (path: string) =>
  /^src\/(testing|bench|hosts\/node)\//.test(path) || /(\.test\.tsx?|\.?[bB]ench\.ts)$/.test(path);
const isEngine = (path: string) => path.startsWith('src/engine/');
const isRuntimeFree = (path: string) => RUNTIME_FREE.some((pattern) => pattern.test(path.replace(/\.ts$/, '')));
const part = (path: string) => path.split('/')[1] ?? '';

/** Every breach as "file: what is wrong". */
export function findBreaches(files: readonly SourceFacts[]): string[] {
  return [
    ...files.flatMap((file) => breachesOf(file).map((breach) => `${file.path}: ${breach}`)),
    ...findMisnamedTests(files),
    ...findMockedModules(files),
    ...findCycles(files),
  ];
}

function breachesOf(file: SourceFacts): string[] {
  const breaches: string[] = [];
  if (file.lineCount > MAX_LINES) breaches.push(`${file.lineCount} lines, more than ${MAX_LINES}`);
  if (isTest(file.path)) return breaches;
  for (const one of file.imports) if (!mayImport(file.path, one)) breaches.push(`may not import ${one.target}`);
  const [spelling] = (!KEYS_DOOR.test(file.path) && KEY_SPELLING.exec(file.code)) || [];
  if (spelling !== undefined) breaches.push(`spells a tensor's key: ${spelling}`);
  if (!isEngine(file.path)) return breaches;

  const host = HOST_DOOR.test(file.path) ? [] : HOST_WORDS;
  for (const word of host) if (file.globals.has(word)) breaches.push(`host word ${word}`);
  if (file.path !== BACKEND_DOOR) {
    for (const name of BACKEND_INTERNALS) if (file.members.has(name)) breaches.push(`the backend's private ${name}`);
  }
  if (file.path !== READBACK_DOOR && !STOCK_TENSORS.test(file.path)) {
    for (const name of READBACK_CALLS) if (file.bareCalls.has(name)) breaches.push(`reads a tensor back: .${name}()`);
  }
  if (!file.path.startsWith('src/engine/io/') && /oihw/i.test(file.code)) breaches.push('OIHW outside engine/io');
  return breaches;
}

function mayImport(from: string, { target, typeOnly }: Import): boolean {
  if (!target.startsWith('src/')) return mayImportPackage(from, target, typeOnly);
  if (part(from) === 'cli' && target.startsWith('src/hosts/node/')) return true;
  if (isTest(target)) return false;
  if (isEngine(from)) return isEngine(target) && mayImportInEngine(from, target);
  const to = part(target);
  if (to === part(from)) return true;
  const visible = isRuntimeFree(target) || target.startsWith('src/engine/analysis/');
  switch (part(from)) {
    case 'protocol':
      return to === 'engine' && (typeOnly || visible);
    case 'session':
      return to === 'engine' || to === 'protocol' || to === 'words';
    case 'hosts':
      return to === 'engine' || to === 'protocol' || to === 'session';
    case 'words':
      return to === 'protocol' || (to === 'engine' && (typeOnly || visible));
    case 'cli':
      // The terminal drives the page through `window.studio`, of which it knows the types.
      return to === 'engine' || to === 'protocol' || to === 'words' || (to === 'client' && typeOnly);
    case 'client':
      return to === 'protocol' || to === 'words' || (to === 'engine' && (typeOnly || visible));
    case 'ui':
      return to === 'protocol' || to === 'client' || to === 'words' || (to === 'engine' && visible);
    case 'main.tsx':
      return to === 'ui' || to === 'client';
    default:
      return false;
  }
}

function mayImportInEngine(from: string, target: string): boolean {
  if (isRuntimeFree(target)) return true;
  const [, , fromFolder = '', ...fromRest] = from.split('/');
  const [, , toFolder = '', ...toRest] = target.split('/');
  // Files of the engine's own folder stand above its folders.
  if (fromRest.length === 0) return true;
  if (toRest.length === 0) return false;
  return fromFolder === toFolder || (ENGINE_ARROWS[fromFolder] ?? []).includes(toFolder);
}

function mayImportPackage(from: string, name: string, typeOnly: boolean): boolean {
  // Stock TensorFlow.js opens our exports, in a worker of its own.
  if (name.startsWith('@tensorflow/'))
    return /^src\/(engine\/(gpu|kernels|nn|models|train|check)|hosts\/(browser\/runtimes|page))\//.test(from);
  if (name.startsWith('node:')) return part(from) === 'cli';
  if (/^(react|react-dom|recharts|@mantine\/.*|@tabler\/.*)(\/|$)/.test(name)) {
    return ['ui', 'main.tsx'].includes(part(from)) || (part(from) === 'client' && typeOnly);
  }
  return true;
}

/** What a test takes decides when and beside which others it runs; the name says so. */
function findMisnamedTests(files: readonly SourceFacts[]): string[] {
  const byPath = new Map(files.map((file) => [file.path, file]));
  const imports = (path: string, taken: string, seen: Set<string>): boolean => {
    if (path.replace(/\.ts$/, '') === taken) return true;
    if (seen.has(path)) return false;
    seen.add(path);
    return (byPath.get(path)?.imports ?? []).some(({ target, typeOnly }) => !typeOnly && imports(target, taken, seen));
  };
  const tests = files.filter((file) => /\.test\.tsx?$/.test(file.path));
  return tests.flatMap(({ path }) => {
    const named = TEST_ENDINGS.find(([ending]) => path.endsWith(ending));
    const needed = TEST_ENDINGS.find(([, taken]) => imports(path, taken, new Set()));
    if (named === needed) return [];
    return needed === undefined
      ? [`${path}: does not import ${named![1]}`]
      : [`${path}: imports ${needed[1]}, is not named ${needed[0]}`];
  });
}

/** Files of tests share a process and its modules: what one of them has loaded is not replaced in the next. */
function findMockedModules(files: readonly SourceFacts[]): string[] {
  return files
    .filter((file) => /^\s*vi\.(m|doM)ock\(/m.test(file.code))
    .map(({ path }) => `${path}: vi.mock, where others have the module`);
}

/** Each cycle once, as a path that ends where it began. */
function findCycles(files: readonly SourceFacts[]): string[] {
  const byPath = new Map(files.map((file) => [file.path, file]));
  const done = new Set<string>();
  const cycles: string[] = [];
  const walk = (path: string, trail: string[]) => {
    const start = trail.indexOf(path);
    if (start >= 0) cycles.push(`cycle: ${[...trail.slice(start), path].join(' → ')}`);
    if (start >= 0 || done.has(path)) return;
    for (const { target } of byPath.get(path)?.imports ?? []) walk(target, [...trail, path]);
    done.add(path);
  };
  for (const path of byPath.keys()) walk(path, []);
  return cycles;
}
