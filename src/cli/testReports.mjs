/** What the test runners' JSON reports say: how many tests passed, and which failed, each with why. */
import path from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import { ROOT } from './root.mjs';

/**
 * `failures`: file and name of each failed test, and the first lines of its error.
 * @typedef {{ passed: number, skipped: number, failures: string[] }} Outcome
 */

/** Lines of an error that tell what it is, first in a test's and last in a tool's; the rest stands where it was shown. */
const TELLING_LINES = 12;

/**
 * A file that failed without a failed test is a failure: nothing in it came to run, or not all.
 * @param {import('vitest/node').JsonTestResults} report
 * @returns {Outcome}
 */
export function readVitest({ numPassedTests, numPendingTests, numTodoTests, testResults }) {
  const failures = testResults.flatMap(({ name, status, message, assertionResults }) => {
    const file = path.relative(ROOT, name);
    const failed = assertionResults.filter((result) => result.status === 'failed');
    if (status === 'failed' && failed.length === 0) return failure(file, message);
    return failed.map(({ fullName, failureMessages }) => failure(`${file}: ${fullName}`, failureMessages?.[0]));
  });
  return { passed: numPassedTests, skipped: numPendingTests + numTodoTests, failures };
}

/**
 * @param {import('@playwright/test/reporter').JSONReport} report
 * @returns {Outcome}
 */
export function readPlaywright({ stats, suites, errors }) {
  return {
    passed: stats.expected + stats.flaky,
    skipped: stats.skipped,
    failures: [...suites.flatMap(failuresIn), ...errors.map(({ message }) => failure('Playwright', message))],
  };
}

/**
 * @param {import('@playwright/test/reporter').JSONReportSuite} suite
 * @returns {string[]}
 */
function failuresIn({ specs, suites = [] }) {
  const failed = specs.flatMap(({ title, file, line, tests }) =>
    tests
      .filter(({ status }) => status === 'unexpected')
      .map(({ results }) => failure(`e2e/${file}:${line}: ${title}`, results.at(-1)?.errors[0]?.message)),
  );
  return [...failed, ...suites.flatMap(failuresIn)];
}

/**
 * @param {string} where
 * @param {string | undefined} error
 */
export function failure(where, error = 'no error was given') {
  const lines = stripVTControlCharacters(error).trim().split('\n').slice(0, TELLING_LINES);
  return [where, ...lines.map((line) => `  ${line}`)].join('\n');
}

/**
 * Of a tool that failed as a whole.
 * @param {string} name
 * @param {string} output Empty if it was shown as it went.
 */
export function toolFailure(name, output) {
  const lines = output.trim().split('\n').slice(-TELLING_LINES);
  return failure(name, lines.join('\n') || 'Its output stands above.');
}
