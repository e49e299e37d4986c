/**
 * What the bare-Node scripts share: where the project is, how to run one of its tools, and bringing
 * `node_modules` and `dist` up to date. Needs nothing but Node itself.
 */
import { spawn } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import { ROOT } from './root.mjs';

export const DIST = path.join(ROOT, 'dist');

/**
 * Runs a program in the project's folder, its output shown, and gives its exit code (1 if a signal ended it).
 * @param {string} command
 * @param {readonly string[]} args
 * @param {{ env?: Record<string, string>, shell?: boolean }} [options]
 * @returns {Promise<number>}
 */
export function run(command, args, { env = {}, shell = false } = {}) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { cwd: ROOT, stdio: 'inherit', shell, env: { ...process.env, ...env } });
    child.on('error', reject);
    child.on('close', (code) => resolve(code ?? 1));
  });
}

/**
 * Runs a tool from `node_modules` by its package's name, without npx and alike on every system.
 * @param {string} name
 * @param {readonly string[]} args
 * @param {Record<string, string>} [env]
 */
export function runTool(name, args, env = {}) {
  return run(process.execPath, [scriptOf(name), ...args], { env });
}

/**
 * Runs a tool as `runTool` does, its output held back.
 * @param {string} name
 * @param {readonly string[]} args
 * @param {Record<string, string>} [env]
 * @returns {Promise<{ code: number, output: string }>}
 */
export function toolOutput(name, args, env = {}) {
  return new Promise((resolve, reject) => {
    const colour = process.stdout.isTTY ? { FORCE_COLOR: '1' } : {};
    const options = { cwd: ROOT, env: { ...process.env, ...colour, ...env } };
    const child = spawn(process.execPath, [scriptOf(name), ...args], options);
    let output = '';
    for (const stream of [child.stdout, child.stderr])
      stream.setEncoding('utf8').on('data', (text) => (output += text));
    child.on('error', reject);
    child.on('close', (code) => resolve({ code: code ?? 1, output }));
  });
}

/** @param {string} name */
function scriptOf(name) {
  const folder = path.join(ROOT, 'node_modules', name);
  const { bin } = JSON.parse(readFileSync(path.join(folder, 'package.json'), 'utf8'));
  const commandName = name === 'typescript' ? 'tsc' : (name.split('/').pop() ?? name);
  return path.join(folder, typeof bin === 'string' ? bin : (bin[commandName] ?? Object.values(bin)[0]));
}

/** Runs `npm ci` when `node_modules` does not hold what the lock file says. */
export async function installDependencies() {
  const missing = missingPackage();
  if (missing === undefined) return;
  console.log(`Installing dependencies (${missing} is missing or outdated): npm ci`);
  const args = ['ci', '--no-audit', '--no-fund'];
  const npm = process.env['npm_execpath'];
  const code = npm?.endsWith('.js')
    ? await run(process.execPath, [npm, ...args])
    : await run('npm', args, { shell: process.platform === 'win32' });
  if (code !== 0) throw new Error(`npm ci failed with exit code ${code}`);
}

/**
 * The first package that the lock file wants and `node_modules` lacks. Contents are compared, not dates: a copied
 * or freshly cloned lock file is new on disk without being different.
 */
function missingPackage() {
  const installedLock = path.join(ROOT, 'node_modules/.package-lock.json');
  if (!existsSync(installedLock)) return 'node_modules';
  const wanted = JSON.parse(readFileSync(path.join(ROOT, 'package-lock.json'), 'utf8')).packages;
  const installed = JSON.parse(readFileSync(installedLock, 'utf8')).packages;
  return Object.keys(wanted).find((key) => {
    if (key === '') return false;
    // Optional packages are those of other systems, mostly.
    if (!(key in installed)) return wanted[key].optional !== true && wanted[key].peer !== true;
    return installed[key].version !== wanted[key].version;
  });
}

/** Builds the page into `dist` when a source is newer than the last build. */
export async function buildPage() {
  if (!buildIsStale()) return;
  console.log('Building the page: vite build');
  const code = await runTool('vite', ['build', '--logLevel', 'warn']);
  if (code !== 0) throw new Error(`vite build failed with exit code ${code}`);
}

/** What the built page is made of; tests, scripts and screenshots are not part of it. */
const SOURCES = ['src', 'public', 'index.html', 'vite.config.ts', 'package-lock.json'];
const NOT_SOURCES = ['src/bench', 'src/testing'].map((name) => path.join(ROOT, name));

function buildIsStale() {
  const page = path.join(DIST, 'index.html');
  if (!existsSync(page)) return true;
  const builtAt = statSync(page).mtimeMs;
  return SOURCES.some((name) => isNewer(path.join(ROOT, name), builtAt));
}

/**
 * @param {string} file A file, or a folder of which any file counts.
 * @param {number} time ms since 1970
 * @returns {boolean}
 */
function isNewer(file, time) {
  if (!existsSync(file) || NOT_SOURCES.includes(file)) return false;
  if (!statSync(file).isDirectory()) return !/\.test\.tsx?$/.test(file) && statSync(file).mtimeMs > time;
  return readdirSync(file).some((name) => isNewer(path.join(file, name), time));
}

/**
 * Serves `dist` on localhost and gives the address.
 * @param {{ port?: number, strictPort?: boolean }} [options] Without a strict port the next free one is taken.
 */
export async function servePage({ port = 4173, strictPort = false } = {}) {
  const { preview } = await import('vite');
  const server = await preview({ root: ROOT, logLevel: 'warn', preview: { port, strictPort, host: 'localhost' } });
  const address = server.resolvedUrls?.local[0];
  if (address === undefined) throw new Error(`the server on port ${port} has no address`);
  const close = async () => {
    const closed = server.close();
    // Browsers open connections ahead; one that has asked for nothing would be waited for a minute.
    if ('closeAllConnections' in server.httpServer) server.httpServer.closeAllConnections();
    await closed;
  };
  return { address, close };
}
