import process from 'node:process';
import { expect, test } from 'vitest';
import { parseLines, runPart } from './gpu';

const node = (code: string) => [process.execPath, '-e', code];

test('complete lines count, whatever is around them', () => {
  expect(parseLines('{"a":1}\nInstalling …\n2\n{"b":{"c":[2]}}\n{"d":')).toEqual([{ a: 1 }, { b: { c: [2] } }]);
});

test('a part that ends gives its lines', async () => {
  expect(await runPart(node(`console.log('{"gflops":3}')`), 60_000)).toMatchObject({
    lines: [{ gflops: 3 }],
    cutShort: null,
  });
});

test('a part that fails says why and keeps what it had', async () => {
  const { lines, cutShort } = await runPart(node(`console.log('{"a":1}'); throw new Error('no memory')`), 60_000);
  expect(lines).toEqual([{ a: 1 }]);
  expect(cutShort).toBe('failed (exit code 1): Error: no memory');
});

test('a part that hangs is stopped and keeps what it had', async () => {
  const { lines, cutShort } = await runPart(node(`console.log('{"a":1}'); setInterval(() => 0, 1000)`), 2000);
  expect(lines).toEqual([{ a: 1 }]);
  expect(cutShort).toBe('stopped after its 2 s');
});
