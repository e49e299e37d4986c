import type { JSONReport } from '@playwright/test/reporter';
import { expect, test } from 'vitest';
import type { JsonTestResults } from 'vitest/node';
import { readPlaywright, readVitest, toolFailure } from './testReports.mjs';
import { ROOT } from './root.mjs';

const LONG = Array.from({ length: 30 }, (_, i) => `line ${i}`).join('\n');

test('of Vitest, a failed test is named with its error, and a file that never ran with its own', () => {
  const file = (name: string, status: string, message: string, assertionResults: unknown[]) => ({
    name: `${ROOT}/src/${name}`,
    status,
    message,
    assertionResults,
  });
  const passed = { status: 'passed', fullName: 'adds', failureMessages: [] };
  const failed = {
    status: 'failed',
    fullName: 'subtracts',
    failureMessages: [`\u001B[31mexpected 1\u001B[39m\n${LONG}`],
  };
  const report = {
    numPassedTests: 2,
    numPendingTests: 1,
    numTodoTests: 1,
    testResults: [
      file('a.test.ts', 'failed', '', [passed, failed]),
      file('b.test.ts', 'failed', 'Cannot find module', []),
      file('c.test.ts', 'passed', '', [passed]),
    ],
  } as unknown as JsonTestResults;
  const { failures, ...counts } = readVitest(report);
  expect(counts).toEqual({ passed: 2, skipped: 2 });
  expect(failures).toHaveLength(2);
  expect(failures[0]).toMatch(/^src\/a\.test\.ts: subtracts\n {2}expected 1\n {2}line 0\n/);
  expect(failures[0]).not.toContain('line 20');
  expect(failures[1]).toBe('src/b.test.ts\n  Cannot find module');
});

test('of Playwright, a test that failed in any suite is named, one that passed in the end is not', () => {
  const spec = (title: string, status: string, message?: string) => ({
    title,
    file: 'layout.spec.ts',
    line: 7,
    tests: [{ status, results: [{ errors: [] }, { errors: message === undefined ? [] : [{ message }] }] }],
  });
  const report = {
    stats: { expected: 3, flaky: 1, unexpected: 1, skipped: 2 },
    suites: [
      { specs: [spec('fits', 'expected')], suites: [{ specs: [spec('lies over', 'unexpected', 'Timed out')] }] },
      { specs: [spec('comes late', 'flaky', 'once')] },
    ],
    errors: [{ message: 'no server' }],
  } as unknown as JSONReport;
  expect(readPlaywright(report)).toEqual({
    passed: 4,
    skipped: 2,
    failures: ['e2e/layout.spec.ts:7: lies over\n  Timed out', 'Playwright\n  no server'],
  });
});

test('of a tool, the last lines of what it said stand for it', () => {
  expect(toolFailure('lint', LONG)).toMatch(/^lint\n {2}line 18\n(.|\n)* {2}line 29$/);
  expect(toolFailure('lint', '')).toBe('lint\n  Its output stands above.');
});
