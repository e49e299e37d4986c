/**
 * `npm test`: runs every check, goes on after failures, and sums up in the last line. What is missing it installs, or says
 * how to (`testTools.mjs`). Arguments name the stages to run (all without any); others go to Vitest and Playwright as filters.
 * Two stages run at a time where there are two cores, each shown when it has ended; the last one is shown as it goes. What
 * failed is told again at the end, with why.
 */
import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import path from 'node:path';
import process from 'node:process';
import { installDependencies, runTool, toolOutput } from './project.mjs';
import { ROOT } from './root.mjs';
import { failure, readPlaywright, readVitest, toolFailure } from './testReports.mjs';
import { ensureBrowser, nodeGpuEnvironment } from './testTools.mjs';

/** @typedef {import('./testReports.mjs').Outcome} Outcome */
/**
 * `output`: what has not been shown yet.
 * @typedef {{ code: number, output: string }} Ended
 */

const REPORTS = path.join(ROOT, 'out', 'reports');
const TYPED_FOLDERS = ['src/engine', 'src/protocol', 'src/words', 'src/session', 'src/hosts/browser', '.'];

/**
 * In the order in which they begin.
 * @type {Record<string, (filters: string[]) => Promise<Outcome & { output: string }>>}
 */
const STAGES = {
  format: () => check('oxfmt', ['--check']),
  // The longest of the quick ones, with the others beside it.
  pure: (filters) => vitest('pure', filters),
  lint: () => check('oxlint', ['--type-aware']),
  // One thread a program: two would each work out what they share.
  types: () => check('typescript', ...TYPED_FOLDERS.map((folder) => ['-p', folder, '--checkers', '1'])),
  unused: () => check('knip', []),
  long: (filters) => vitest('long', filters),
  gpu: async (filters) => vitest('gpu', filters, await nodeGpuEnvironment()),
  build: () => check('vite', ['build', '--logLevel', 'warn']),
  e2e: async (filters) => {
    await running.get('build');
    const report = freshReport('e2e.json');
    // Firefox takes a software GPU a quarter of an hour: it is asked for by `--browser firefox`.
    const project = filters.includes('--project') ? [] : ['--project=chromium'];
    const args = ['test', '--config', 'e2e/playwright.config.ts', '--reporter=list,json', ...project, ...filters];
    const env = { CHROME_PATH: await ensureBrowser(), PLAYWRIGHT_JSON_OUTPUT_NAME: report };
    return reported(await tool('@playwright/test', args, env), report, readPlaywright);
  },
};

// Playwright's name for a choice of ours.
const given = process.argv.slice(2).map((name) => (name === '--browser' ? '--project' : name));
const filters = given.filter((name) => !(name in STAGES));
const chosen = Object.entries(STAGES).filter(([name]) => given.length === filters.length || given.includes(name));
/** @type {string[]} */
const failures = [];
let passed = 0;
let left = chosen.length;
/** @type {Map<string, Promise<string>>} The line of each that has begun, in the order of their beginnings. */
const running = new Map();

await installDependencies();
const waiting = [...chosen];
await Promise.all(Array.from({ length: Math.min(2, availableParallelism()) }, lane));
const lines = await Promise.all(running.values());
process.exitCode = failures.length > 0 ? 1 : 0;
if (failures.length > 0) console.log(`\n== what failed\n\n${failures.join('\n\n')}`);
console.log(`\n${lines.join('\n')}\n${passed} passed, ${failures.length} failed`);

/** Runs one stage after the other until none waits. */
async function lane() {
  for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
    const [name, stage] = next;
    console.log(`\n== ${name}${chosen.length > 1 ? ' begins' : ''}`);
    const ended = runStage(name, stage);
    running.set(name, ended);
    await ended;
  }
}

/**
 * @param {string} name
 * @param {(typeof STAGES)[string]} stage
 */
async function runStage(name, stage) {
  const startedAt = Date.now();
  const ended = await stage(filters).catch((error) => {
    const output = `${error instanceof Error ? error.stack : error}\n`;
    return { passed: 0, skipped: 0, failures: [failure(name, output)], output };
  });
  left--;
  passed += ended.passed;
  failures.push(...ended.failures);
  if (ended.output) process.stdout.write(`\n== ${name}\n${ended.output}`);
  const skipped = ended.skipped > 0 ? `, ${ended.skipped} skipped` : '';
  const counts = `${ended.passed} passed, ${ended.failures.length} failed${skipped}`;
  return `${name.padEnd(10)}${counts}  (${Math.round((Date.now() - startedAt) / 1000)} s)`;
}

/**
 * @param {string} name
 * @param {readonly string[]} args
 * @param {Record<string, string>} [env]
 * @returns {Promise<Ended>}
 */
async function tool(name, args, env) {
  return left > 1 ? toolOutput(name, args, env) : { code: await runTool(name, args, env), output: '' };
}

/**
 * Runs a tool with each of the arguments, one after the other; together they count as one check.
 * @param {string} name
 * @param {...string[]} runs
 * @returns {Promise<Outcome & { output: string }>}
 */
async function check(name, ...runs) {
  let ok = true;
  let output = '';
  for (const args of runs) {
    const ended = await tool(name, args);
    ok &&= ended.code === 0;
    output += ended.output;
  }
  return { passed: ok ? 1 : 0, skipped: 0, failures: ok ? [] : [toolFailure(name, output)], output };
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
  const args = ['run', '--project', `${project}*`, ...reporters, ...filters];
  return reported(await tool('vitest', args, env), report, readVitest);
}

/** @param {string} name */
function freshReport(name) {
  const file = path.join(REPORTS, name);
  mkdirSync(REPORTS, { recursive: true });
  rmSync(file, { force: true });
  return file;
}

/**
 * A runner that fails without a failed test (no tests found, no report) counts as a failure.
 * @template Report
 * @param {Ended} ended
 * @param {string} report
 * @param {(report: Report) => Outcome} read
 */
function reported({ code, output }, report, read) {
  const outcome = existsSync(report)
    ? read(JSON.parse(readFileSync(report, 'utf8')))
    : { passed: 0, skipped: 0, failures: [] };
  if (code !== 0 && outcome.failures.length === 0)
    outcome.failures.push(toolFailure(path.basename(report, '.json'), output));
  return { ...outcome, output };
}
