/**
 * Finds or installs a Chromium, and says how to launch it with WebGPU: on the GPU if there is one, else on
 * SwiftShader. Playwright's own headless shell is built without WebGPU, so it is always the full browser,
 * `headless: false` with `--headless=new` among the arguments.
 */
import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, realpathSync } from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import { run, runTool } from './project.mjs';

const IS_ROOT = process.getuid?.() === 0;

const NAMES = ['google-chrome-stable', 'google-chrome', 'chromium', 'chromium-browser', 'chrome', 'microsoft-edge'];

/** @returns {string[]} */
function usualLocations() {
  if (process.platform === 'darwin') {
    const folders = ['/Applications', path.join(process.env['HOME'] ?? '', 'Applications')];
    return folders.flatMap((folder) =>
      ['Google Chrome', 'Chromium', 'Microsoft Edge'].map((name) => `${folder}/${name}.app/Contents/MacOS/${name}`),
    );
  }
  if (process.platform === 'win32') {
    const folders = ['PROGRAMFILES', 'PROGRAMFILES(X86)', 'LOCALAPPDATA'].map((name) => process.env[name] ?? '');
    const programs = [
      'Google/Chrome/Application/chrome',
      'Chromium/Application/chrome',
      'Microsoft/Edge/Application/msedge',
    ];
    return folders.flatMap((folder) => programs.map((name) => path.join(folder, `${name}.exe`)));
  }
  return ['/opt/google/chrome/chrome', '/usr/lib/chromium/chromium', '/snap/bin/chromium'];
}

/**
 * The installed Chrome or Chromium: CHROME_PATH, else the usual names on PATH, the usual places, Playwright's.
 * @returns {Promise<string | undefined>}
 * @throws Error if CHROME_PATH names no file.
 */
export async function findBrowser() {
  const given = process.env['CHROME_PATH'];
  if (given) {
    if (!existsSync(given)) throw new Error(`CHROME_PATH is "${given}", where there is no file`);
    return given;
  }
  const folders = (process.env['PATH'] ?? '').split(path.delimiter).filter((folder) => folder !== '');
  const onPath = NAMES.flatMap((name) => folders.map((folder) => path.join(folder, name)));
  const { chromium } = await import('@playwright/test');
  return [...onPath, ...usualLocations(), chromium.executablePath()].find((file) => existsSync(file));
}

/**
 * The browser's path; installs one where there is none.
 * @returns {Promise<string>}
 */
export async function ensureBrowser() {
  const found = await findBrowser();
  if (found !== undefined) return found;
  if (IS_ROOT && isDebian()) await aptInstall('chromium');
  else {
    console.log('Installing a browser: playwright install chromium');
    const code = await runTool('@playwright/test', ['install', ...(IS_ROOT ? ['--with-deps'] : []), 'chromium']);
    if (code !== 0) throw new Error('no browser could be installed; set CHROME_PATH to a Chrome or Chromium');
  }
  const installed = await findBrowser();
  if (installed === undefined) throw new Error('no Chrome or Chromium found; set CHROME_PATH to one');
  return installed;
}

/** Whether WebGPU will run on a processor: no GPU is in sight, or FIXRES_SOFTWARE=1 asks for it. */
export function usesSoftwareGpu() {
  if (process.env['FIXRES_SOFTWARE'] === '1') return true;
  if (process.platform !== 'linux') return false;
  const renderNodes = existsSync('/dev/dri') && readdirSync('/dev/dri').some((name) => name.startsWith('renderD'));
  return !renderNodes && !existsSync('/dev/nvidia0');
}

/**
 * Launch arguments for a full browser without a window.
 * @param {{ webgpu?: boolean }} [options] Without WebGPU: what a browser that lacks it is like.
 */
export function browserArgs({ webgpu = true } = {}) {
  const quiet = ['background-networking', 'component-update', 'sync', 'quic'].map((name) => `--disable-${name}`);
  const args = ['--headless=new', '--no-first-run', ...quiet];
  if (IS_ROOT) args.push('--no-sandbox');
  if (!webgpu) return [...args, '--disable-gpu'];
  if (usesSoftwareGpu()) {
    // A step of a second or two is normal on a processor; the watchdog would call it a hang.
    return [
      ...args,
      '--enable-unsafe-webgpu',
      '--use-webgpu-adapter=swiftshader',
      '--enable-features=Vulkan',
      '--disable-gpu-watchdog',
    ];
  }
  return process.platform === 'linux' ? [...args, '--enable-unsafe-webgpu', '--enable-features=Vulkan'] : args;
}

/**
 * Environment for tests that run WebGPU in Node (npm package `webgpu`): it needs the Vulkan loader, installed here
 * where that is possible, and a driver. Mesa's lavapipe is not chosen by itself: Dawn refuses it before version 25.
 * @param {string} browser Chromium brings SwiftShader along.
 * @returns {Promise<Record<string, string>>}
 */
export async function nodeGpuEnvironment(browser) {
  if (process.platform !== 'linux') return {};
  if (!hasVulkanLoader() && IS_ROOT && isDebian()) await aptInstall('libvulkan1');
  if (process.env['VK_ICD_FILENAMES'] || !usesSoftwareGpu()) return {};
  const icd = [
    path.dirname(realpathSync(browser)),
    '/usr/lib/chromium',
    '/opt/google/chrome',
    '/usr/share/vulkan/icd.d',
  ]
    .flatMap((folder) =>
      ['vk_swiftshader_icd.json', 'lvp_icd.json', 'lvp_icd.x86_64.json'].map((name) => path.join(folder, name)),
    )
    .find((file) => existsSync(file));
  return icd === undefined ? {} : { VK_ICD_FILENAMES: icd };
}

function hasVulkanLoader() {
  try {
    return execFileSync('/sbin/ldconfig', ['-p'], { encoding: 'utf8' }).includes('libvulkan.so.1');
  } catch {
    return false;
  }
}

/** Debian and its like by their own word; Ubuntu's `chromium` package is a snap, which root's tests cannot use. */
function isDebian() {
  return existsSync('/etc/os-release') && /^ID=debian$/m.test(readFileSync('/etc/os-release', 'utf8'));
}

/** @param {string} name */
async function aptInstall(name) {
  console.log(`Installing ${name}: apt-get install`);
  const env = { DEBIAN_FRONTEND: 'noninteractive' };
  const updated = await run('apt-get', ['update', '-qq'], { env });
  const installed = await run('apt-get', ['install', '-y', '-qq', '--no-install-recommends', name], { env });
  if (installed !== 0) throw new Error(`apt-get install ${name} failed (update: ${updated}, install: ${installed})`);
}
