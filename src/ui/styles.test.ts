import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';

const files = readdirSync(import.meta.dirname, { recursive: true, encoding: 'utf8' });
const read = (file: string) => readFileSync(path.join(import.meta.dirname, file), 'utf8');

test('every style that a component asks for is in its style sheet', () => {
  const missing = files
    .filter((file) => file.endsWith('.tsx'))
    .flatMap((file) => {
      const code = read(file);
      return [...code.matchAll(/import (\w+) from '([^']+\.module\.css)'/g)].flatMap(([, styles, sheet]) => {
        const defined = read(path.join(path.dirname(file), sheet!));
        const asked = [...code.matchAll(new RegExp(`\\b${styles}\\['([\\w-]+)'\\]`, 'g'))].map(([, name]) => name!);
        return asked.filter((name) => !new RegExp(`\\.${name}\\b`).test(defined)).map((name) => `${file}: ${name}`);
      });
    });
  expect(missing).toEqual([]);
});
