import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { findBreaches } from './architectureRules';
import { readSources } from './sourceFacts';

/** Breaches of a project made of these files. */
const breaches = (sources: Record<string, string>) => findBreaches(readSources(sources));
/** Breaches of one file alone. */
const breachesOf = (file: string, text: string) => breaches({ [file]: text });

test('the sources keep to the design', () => {
  const root = path.resolve(import.meta.dirname, '../..');
  const files = readdirSync(path.join(root, 'src'), { recursive: true, encoding: 'utf8' })
    .map((file) => `src/${file.replaceAll('\\', '/')}`)
    .filter((file) => /\.(tsx?|mjs|wgsl)$/.test(file));
  expect(files.length).toBeGreaterThan(10);
  const sources = Object.fromEntries(files.map((file) => [file, readFileSync(path.join(root, file), 'utf8')]));
  expect(breaches(sources)).toEqual([]);
});

describe('the checker notices', () => {
  test.each([
    ['src/engine/base/a.ts', "import '../gpu/b';", 'src/engine/gpu/b'],
    ['src/engine/gpu/a.ts', "export * from '../kernels/b';", 'src/engine/kernels/b'],
    ['src/engine/photo/a.ts', "import type { B } from '../dataset/b';", 'src/engine/dataset/b'],
    ['src/engine/train/a.ts', "const b = await import('../experiments/b');", 'src/engine/experiments/b'],
    ['src/engine/nn/a.ts', "let b: import('../models/b').B;", 'src/engine/models/b'],
    ['src/engine/train/a.ts', "import { b } from '../../session/b';", 'src/session/b'],
    ['src/engine/train/a.ts', "import { b } from '../../testing/b';", 'src/testing/b'],
    ['src/protocol/a.ts', "import { fork } from '../engine/base/rng';", 'src/engine/base/rng'],
    ['src/client/a.ts', "import { train } from '../engine/train/epoch';", 'src/engine/train/epoch'],
    ['src/ui/a.tsx', "import { fork } from '../engine/base/rng';", 'src/engine/base/rng'],
    ['src/ui/a.tsx', "import '../session/b';", 'src/session/b'],
    ['src/session/a.ts', "import '../client/b';", 'src/client/b'],
    ['src/session/a.ts', "import type { B } from '../hosts/browser/b';", 'src/hosts/browser/b'],
    ['src/cli/a.ts', "import { b } from '../client/b';", 'src/client/b'],
    ['src/engine/dataset/a.ts', "import { tidy } from '@tensorflow/tfjs-core';", '@tensorflow/tfjs-core'],
    ['src/engine/io/a.ts', "import { readFileSync } from 'node:fs';", 'node:fs'],
    ['src/client/a.ts', "import { useState } from 'react';", 'react'],
  ])('a wrong arrow: %s with %s', (file, text, target) => {
    expect(breachesOf(file, text)).toEqual([`${file}: may not import ${target}`]);
  });

  test.each([
    'window.open()',
    'const { body } = document;',
    'process.exit()',
    'self.postMessage(navigator)',
    'const all = { globalThis };',
  ])('a host word in the engine: %s', (text) => {
    expect(breachesOf('src/engine/train/a.ts', text).join()).toContain('host word');
    expect(breachesOf('src/session/a.ts', text)).toEqual([]);
  });

  test.each(['backend.tensorMap.get(id)', "backend['bufferManager'].dispose()", 'this.backend.commandEncoder = null'])(
    'a private field of the backend: %s',
    (text) => {
      expect(breachesOf('src/engine/kernels/a.ts', text).join()).toContain("the backend's private");
      expect(breachesOf('src/engine/gpu/backend.ts', text)).toEqual([]);
    },
  );

  test.each([
    "const early = (key) => key.startsWith('layer1.');",
    'const late = (key) => /^layer[34]/.test(key);',
    'const decays = (key) => /(conv\\d|downsample)/.test(key);',
    "const isHead = (key) => key.startsWith('fc.') || key.startsWith('head.4');",
  ])('a key that is read by its spelling: %s', (text) => {
    for (const file of ['src/engine/optim/a.ts', 'src/session/a.ts']) {
      expect(breachesOf(file, text).join()).toContain("spells a tensor's key");
    }
    expect(breachesOf('src/engine/models/a.ts', text)).toEqual([]);
  });

  test('a tensor read back outside readback.ts', () => {
    const text = 'export const read = async (loss) => (await loss.data())[0];';
    expect(breachesOf('src/engine/train/a.ts', text)).toEqual(['src/engine/train/a.ts: reads a tensor back: .data()']);
    expect(breachesOf('src/engine/gpu/readback.ts', text)).toEqual([]);
  });

  test('the torch layout outside io, and a file that is too long', () => {
    expect(breachesOf('src/engine/nn/a.ts', 'export const fromOihw = 1;')).toHaveLength(1);
    expect(breachesOf('src/engine/io/a.ts', 'export const fromOihw = 1;')).toEqual([]);
    expect(breachesOf('src/engine/kernels/a.wgsl', 'let x = 1;\n'.repeat(501)).join()).toContain('501 lines');
  });

  test('a test that opens a GPU or starts a program, itself or through another file, and is not named so; and one that is named so in vain', () => {
    const opens = 'export const nodeBackend = 1;';
    const files = {
      'src/hosts/node/gpu.ts': opens,
      'src/testing/run.ts': "import { nodeBackend } from '../hosts/node/gpu'; export const run = nodeBackend;",
      'src/engine/gpu/a.test.ts': "import { run } from '../../testing/run';",
      'src/engine/gpu/b.test.ts': "const { run } = await import('../../testing/run');",
      'src/engine/gpu/c.gpu.test.ts': "import { run } from '../../testing/run';",
      'src/engine/gpu/d.gpu.test.ts': "import type { run } from '../../testing/run';",
      'src/engine/gpu/e.test.ts': "import type { run } from '../../testing/run';",
      'src/testing/python.ts': "import { spawnSync } from 'node:child_process'; export const python = spawnSync;",
      'src/engine/io/a.null.test.ts': "import { python } from '../../testing/python';",
      'src/engine/io/b.program.test.ts': "import { python } from '../../testing/python';",
      'src/engine/io/c.gpu.test.ts': "import '../../testing/python'; import '../../hosts/node/gpu';",
    };
    expect(breaches(files)).toEqual([
      'src/engine/gpu/a.test.ts: imports src/hosts/node/gpu, is not named .gpu.test.ts',
      'src/engine/gpu/b.test.ts: imports src/hosts/node/gpu, is not named .gpu.test.ts',
      'src/engine/gpu/d.gpu.test.ts: does not import src/hosts/node/gpu',
      'src/engine/io/a.null.test.ts: imports node:child_process, is not named .program.test.ts',
    ]);
  });

  test('a test that replaces a module, which others of its process have', () => {
    const replacing = "vi.mock('./a', () => ({}));";
    expect(breachesOf('src/client/b.test.ts', replacing)).toEqual([expect.stringContaining('vi.mock')]);
    expect(breachesOf('src/client/b.test.ts', 'expect(spy.mock.calls).toEqual([]);')).toEqual([]);
  });

  test('a cycle, once', () => {
    const cyclic = {
      'src/engine/nn/a.ts': "import { b } from './b'; export const a = b;",
      'src/engine/nn/b.ts': "export { c as b } from './c';",
      'src/engine/nn/c.ts': "import type { a } from './a'; export let c: typeof a;",
      'src/engine/nn/d.ts': "import './a';",
    };
    expect(breaches(cyclic)).toEqual([
      'cycle: src/engine/nn/a.ts → src/engine/nn/b.ts → src/engine/nn/c.ts → src/engine/nn/a.ts',
    ]);
  });
});

describe('the checker lets pass', () => {
  test.each([
    ['src/engine/gpu/a.ts', "import type { StudioConfig } from '../experiments/meta';"],
    ['src/engine/kernels/a/b.ts', "import { c } from '../c'; import shader from './d.wgsl?raw';"],
    ['src/engine/experiments/a.ts', "import { epoch } from '../train/epoch'; import { ecdf } from '../analysis/ecdf';"],
    ['src/engine/train/a.test.ts', "import { b } from '../../testing/b'; process.exit();"],
    ['src/protocol/a.ts', "import type { fork } from '../engine/base/rng';"],
    ['src/ui/a.tsx', "import { ecdf } from '../engine/analysis/ecdf'; import { store } from '../client/store';"],
    ['src/cli/a.ts', "import type { State } from '../client/state'; import process from 'node:process';"],
    ['src/engine/train/a.ts', "import { variable } from '@tensorflow/tfjs-core';"],
    ['src/engine/train/a.ts', 'export const f = (window: number) => window; // the document itself'],
    ['src/engine/train/a.ts', 'const { process } = rows; export const x = { self: process.window };'],
    ['src/engine/base/a.ts', "throw new Error('no window, no process'); // OIHW is torch's"],
  ])('%s with %s', (file, text) => {
    expect(breachesOf(file, text)).toEqual([]);
  });
});
