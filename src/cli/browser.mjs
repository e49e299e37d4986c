/**
 * Finds a Chromium, and says how to launch it with WebGPU: on the GPU if there is one, else on
 * SwiftShader. Playwright's own headless shell is built without WebGPU, so it is always the full browser,
 * `headless: false` with `--headless=new` among the arguments.
 */
import { existsSync, readdirSync } from 'node:fs';
import path from 'node:path';
import process from 'node:process';

export const IS_ROOT = process.getuid?.() === 0;

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

export const INSTALL_BROWSER =
  'Install one (as root on Debian: apt-get install chromium; elsewhere: npx playwright install chromium), or let ' +
  'CHROME_PATH name one.';

/**
 * The installed browser's path.
 * @throws Error if there is none, with what to do.
 */
export async function requireBrowser() {
  const found = await findBrowser();
  if (found === undefined) throw new Error(`No Chrome or Chromium found. ${INSTALL_BROWSER}`);
  return found;
}

/**
 * The installed Firefox, for a test: FIREFOX_PATH, else Debian's or any on PATH, or where macOS and Windows keep it.
 * @returns {string | undefined}
 */
export function findFirefox() {
  const given = process.env['FIREFOX_PATH'];
  const folders = (process.env['PATH'] ?? '').split(path.delimiter).filter((folder) => folder !== '');
  const onPath = ['firefox-esr', 'firefox'].flatMap((name) => folders.map((folder) => path.join(folder, name)));
  const elsewhere = [
    '/Applications/Firefox.app/Contents/MacOS/firefox',
    'C:/Program Files/Mozilla Firefox/firefox.exe',
  ];
  return [...(given ? [given] : []), ...onPath, ...elsewhere].find((file) => existsSync(file));
}

/** Whether WebGPU will run on a processor: no GPU is in sight, or FIXRES_SOFTWARE=1 asks for it. */
export function usesSoftwareGpu() {
  if (process.env['FIXRES_SOFTWARE'] === '1') return true;
  if (process.platform !== 'linux') return false;
  const renderNodes = existsSync('/dev/dri') && readdirSync('/dev/dri').some((name) => name.startsWith('renderD'));
  return !renderNodes && !existsSync('/dev/nvidia0');
}

/**
 * One of Dawn's ways to have workgroup memory begin as zeros, for which SwiftShader's compiler unrolls a store a number: a second
 * a kernel that has much of it. Without it Dawn writes a loop.
 */
export const SLOW_ON_SWIFTSHADER = 'use_vulkan_zero_initialize_workgroup_memory_extension';

/**
 * What every new window or page would cost a second or two of processor for nothing: the two pages in which Chrome's address bar
 * would draw its suggestions, and a renderer kept ready. This list takes the place of Playwright's, whose names follow.
 */
const DISABLED_FEATURES = [
  'WebUIOmniboxPopup',
  'WebUIOmniboxAimPopup',
  'WebUIOmniboxFullPopup',
  'SpareRendererForSitePerProcess',
  'AimEnabled',
  'AvoidUnnecessaryBeforeUnloadCheckSync',
  'DestroyProfileOnBrowserClose',
  'HttpsFirstBalancedModeAutoEnable',
  'HttpsUpgrades',
  'LensOverlay',
  'MediaRouter',
  'NetworkTimeServiceQuerying',
  'OptimizationHints',
  'PaintHolding',
  'PreconnectToSearch',
  'ThirdPartyStoragePartitioning',
];

/**
 * Launch arguments for a full browser without a window.
 * @param {{ webgpu?: boolean }} [options] Without WebGPU: what a browser that lacks it is like.
 */
export function browserArgs({ webgpu = true } = {}) {
  const quiet = ['background-networking', 'component-update', 'sync', 'quic'].map((name) => `--disable-${name}`);
  const args = ['--headless=new', '--no-first-run', ...quiet, `--disable-features=${DISABLED_FEATURES.join(',')}`];
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
      `--disable-dawn-features=${SLOW_ON_SWIFTSHADER}`,
    ];
  }
  return process.platform === 'linux' ? [...args, '--enable-unsafe-webgpu', '--enable-features=Vulkan'] : args;
}
