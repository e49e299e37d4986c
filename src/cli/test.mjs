/**
 * `npm test`: runs every check, goes on after failures, and sums up in the last line. What is missing it installs, or says
 * how to (`testTools.mjs`). Arguments name the stages to run (all without any); others go to Vitest and Playwright as filters.
 */
import { mkdirSync, readFileSync, rmSync } from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import { installDependencies, ROOT, runTool, toolOutput } from './project.mjs';
import { ensureBrowser, nodeGpuEnvironment } from './testTools.mjs';

/**
 * `output`: what a check said.
 * @typedef {{ passed: number, failed: number, skipped: number, output?: string }} Counts
 */

const REPORTS = path.join(ROOT, 'out', 'reports');
const TYPED_FOLDERS = ['src/engine', 'src/protocol', 'src/words', 'src/session', 'src/hosts/browser', '.'];

/** What reads files alone: these run side by side, each shown in its turn. */
const CHECKS = {
  format: () => check([['prettier', '--check', '--cache', '--cache-strategy', 'content', '.']]),
  lint: () => check([['oxlint', '--type-aware']]),
  types: () => check(TYPED_FOLDERS.map((folder) => ['typescript', '-p', folder])),
  unused: () => check([['knip']]),
};

/** @type {Record<string, (filters: string[]) => Promise<Counts>>} */
const STAGES = {
  ...CHECKS,
  pure: (filters) => vitest('pure', filters),
  gpu: async (filters) => vitest('gpu', filters, await nodeGpuEnvironment()),
  build: async () => passedIf((await runTool('vite', ['build', '--logLevel', 'warn'])) === 0),
  e2e: async (filters) => {
    const report = freshReport('e2e.json');
    // Firefox takes a software GPU a quarter of an hour: it is asked for by `--browser firefox`.
    const project = filters.includes('--project') ? [] : ['--project=chromium'];
    const args = ['test', '--config', 'e2e/playwright.config.ts', '--reporter=list,json', ...project, ...filters];
    const env = { CHROME_PATH: await ensureBrowser(), PLAYWRIGHT_JSON_OUTPUT_NAME: report };
    return countOf(await runTool('@playwright/test', args, env), report, countPlaywright);
  },
};

// Playwright's name for a choice of ours.
const given = process.argv.slice(2).map((name) => (name === '--browser' ? '--project' : name));
const chosen = given.filter((name) => name in STAGES);
const filters = given.filter((name) => !(name in STAGES));
const total = { passed: 0, failed: 0, skipped: 0 };
/** @type {string[]} */
const summary = [];

await installDependencies();
const stages = Object.entries(STAGES).filter(([name]) => chosen.length === 0 || chosen.includes(name));
const early = new Map(stages.filter(([name]) => name in CHECKS).map(([name, stage]) => [name, timed(stage)]));
for (const [name, stage] of stages) {
  console.log(`\n== ${name}`);
  const { counts, seconds } = await (early.get(name) ?? timed(stage));
  total.passed += counts.passed;
  total.failed += counts.failed;
  total.skipped += counts.skipped;
  if (counts.output) process.stdout.write(counts.output);
  summary.push(`${name.padEnd(8)}${textOf(counts)}  (${seconds} s)`);
}
process.exitCode = total.failed > 0 ? 1 : 0;
console.log(`\n${summary.join('\n')}\n${total.passed} passed, ${total.failed} failed`);

/** @param {Counts} counts */
function textOf({ passed, failed, skipped }) {
  return `${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`;
}

/** @param {(filters: string[]) => Promise<Counts>} stage */
async function timed(stage) {
  const startedAt = Date.now();
  const counts = await stage(filters).catch((error) => {
    console.error(error);
    return passedIf(false);
  });
  return { counts, seconds: Math.round((Date.now() - startedAt) / 1000) };
}

/**
 * Runs tools one after the other, all of them; together they count as one check.
 * @param {[tool: string, ...args: string[]][]} commands
 * @returns {Promise<Counts>}
 */
async function check(commands) {
  let ok = true;
  let all = '';
  for (const [tool, ...args] of commands) {
    const { code, output } = await toolOutput(tool, args);
    ok &&= code === 0;
    all += output;
  }
  return { ...passedIf(ok), output: all };
}

/**
 * @param {boolean} ok
 * @returns {Counts}
 */
function passedIf(ok) {
  return { passed: ok ? 1 : 0, failed: ok ? 0 : 1, skipped: 0 };
}

/**
 * Runs one of the projects of `vite.config.ts`.
 * @param {string} project
 * @param {string[]} filters
 * @param {Record<string, string>} [env]
 */
async function vitest(project, filters, env) {
  const report = freshReport(`${project}.json`);
  const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${report}`];
  const code = await runTool('vitest', ['run', '--project', `${project}*`, ...reporters, ...filters], env);
  return countOf(code, report, countVitest);
}

/** @param {string} name */
function freshReport(name) {
  const file = path.join(REPORTS, name);
  mkdirSync(REPORTS, { recursive: true });
  rmSync(file, { force: true });
  return file;
}

/**
 * A runner that fails without a failed test (no tests found, an error outside of them, no report) counts as a failure.
 * @template Report
 * @param {number} code
 * @param {string} file
 * @param {(report: Report) => Counts} count
 */
function countOf(code, file, count) {
  const counts = count(JSON.parse(readFileSync(file, 'utf8')));
  if (code !== 0 && counts.failed === 0) counts.failed = 1;
  return counts;
}

/**
 * @param {import('vitest/node').JsonTestResults} report
 * @returns {Counts}
 */
function countVitest({ numPassedTests, numFailedTests, numPendingTests, numTodoTests, testResults }) {
  const brokenFiles = testResults.filter((file) => file.status === 'failed' && file.assertionResults.length === 0);
  return {
    passed: numPassedTests,
    failed: numFailedTests + brokenFiles.length,
    skipped: numPendingTests + numTodoTests,
  };
}

/**
 * @param {import('@playwright/test/reporter').JSONReport} report
 * @returns {Counts}
 */
function countPlaywright({ stats, errors }) {
  return {
    passed: stats.expected + stats.flaky,
    failed: stats.unexpected + errors.length,
    skipped: stats.skipped,
  };
}
