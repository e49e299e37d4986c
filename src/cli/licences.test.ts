import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { packagesIn, termsOf } from './licences.mjs';

const root = mkdtempSync(path.join(tmpdir(), 'fixres-licences-'));
afterAll(() => rmSync(root, { recursive: true }));

function packageAt(name: string, fields: object, files: Record<string, string> = {}): string {
  const folder = path.join(root, name);
  mkdirSync(folder, { recursive: true });
  writeFileSync(path.join(folder, 'package.json'), JSON.stringify({ name, version: '1.2.3', ...fields }));
  for (const [file, text] of Object.entries(files)) writeFileSync(path.join(folder, file), text);
  return folder;
}

test('packages are listed by name above their terms, those of equal terms together', () => {
  const terms = termsOf([
    packageAt('zebra', { license: 'ISC' }, { LICENSE: 'May be used.' }),
    packageAt('ant', { license: 'ISC' }, { 'license.md': 'May be used.\n' }),
    packageAt('bee', { license: 'MIT', author: { name: 'B. Keeper' } }),
    packageAt('tensor', { license: 'Apache-2.0 AND MIT', repository: 'https://example.com/tensor' }),
  ]);
  expect(terms).toMatch(/^ant 1\.2\.3 \(ISC\)\nzebra 1\.2\.3 \(ISC\)\n\nMay be used\.\n\n-+\n\nbee 1\.2\.3/);
  expect(terms).toMatch(/Copyright B\. Keeper\n\nPermission is hereby granted/);
  expect(terms).toMatch(/https:\/\/example\.com\/tensor\s+Apache License[^]*Permission is hereby granted/);
});

test('a package whose terms a page under Apache-2.0 cannot simply contain ends the build, or one without a word of them', () => {
  expect(() => termsOf([packageAt('heic', { license: 'LGPL-3.0' })])).toThrow('heic 1.2.3 is under "LGPL-3.0"');
  expect(() => termsOf([packageAt('secret', {})])).toThrow('secret 1.2.3 is under ""');
  expect(() => termsOf([packageAt('short', { license: 'ISC' })])).toThrow('no text of its terms');
});

test('packages are those that have modules in a bundle, inner ones by themselves', () => {
  const moduleIds = [
    '/p/src/main.ts',
    '/p/node_modules/react/index.js',
    '/p/node_modules/@scope/name/dist/a.js?url',
    '\0/p/node_modules/react/cjs/b.js?commonjs-es-import',
    '/p/node_modules/outer/node_modules/inner/a.js',
    '\0virtual:node_modules/nothing',
  ];
  const bundle = { 'a.js': { type: 'chunk', moduleIds } } as unknown as Parameters<typeof packagesIn>[0];
  expect(packagesIn(bundle)).toEqual([
    '/p/node_modules/react',
    '/p/node_modules/@scope/name',
    '/p/node_modules/outer/node_modules/inner',
  ]);
});
