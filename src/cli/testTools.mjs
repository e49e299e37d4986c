/**
 * What tests need besides `node_modules`: a browser, and for WebGPU in Node a Vulkan loader and driver. What is missing is
 * said and then, as root on Debian, installed; elsewhere nobody's system is touched: the error names the command.
 */
import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, realpathSync } from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import { findBrowser, INSTALL_BROWSER, IS_ROOT, usesSoftwareGpu } from './browser.mjs';
import { run } from './project.mjs';

/**
 * The browser's path; installs one where there is none and that is ours to do.
 * @returns {Promise<string>}
 */
export async function ensureBrowser() {
  const found = await findBrowser();
  if (found !== undefined) return found;
  if (!isDebian()) throw new Error(`The tests need a Chrome or Chromium. ${INSTALL_BROWSER}`);
  await ensurePackage('chromium', 'the tests need a browser');
  const installed = await findBrowser();
  if (installed === undefined) throw new Error(`chromium is installed and not found. ${INSTALL_BROWSER}`);
  return installed;
}

/**
 * Environment for tests that run WebGPU in Node (npm package `webgpu`, which needs Vulkan on Linux). Without a GPU the driver
 * is Chromium's SwiftShader. Mesa's lavapipe comes last: Dawn refuses it before version 25.
 * @returns {Promise<Record<string, string>>}
 * @throws Error if there is no Vulkan loader or driver, with what to do.
 */
export async function nodeGpuEnvironment() {
  if (process.platform !== 'linux') return {};
  if (lacksVulkanLoader()) await ensurePackage('libvulkan1', 'WebGPU in Node needs the Vulkan loader');
  if (process.env['VK_ICD_FILENAMES'] || !usesSoftwareGpu()) return {};
  const driver = softwareDriver(await ensureBrowser());
  if (driver === undefined) {
    throw new Error(
      'There is no Vulkan driver: VK_ICD_FILENAMES may name one, such as a Chromium’s vk_swiftshader_icd.json',
    );
  }
  return { VK_ICD_FILENAMES: driver };
}

/**
 * A Vulkan driver that runs on the processor.
 * @param {string} browser Chromium brings SwiftShader along.
 */
export function softwareDriver(browser) {
  const folders = [path.dirname(realpathSync(browser)), '/usr/lib/chromium', '/opt/google/chrome'];
  const swiftshader = folders.map((folder) => path.join(folder, 'vk_swiftshader_icd.json'));
  const mesa = '/usr/share/vulkan/icd.d';
  const lavapipe = existsSync(mesa) ? readdirSync(mesa).filter((name) => /^lvp_icd.*\.json$/.test(name)) : [];
  return [...swiftshader, ...lavapipe.map((name) => path.join(mesa, name))].find((file) => existsSync(file));
}

/** Where no list of libraries can be had, the tests find out by themselves. */
function lacksVulkanLoader() {
  try {
    return !execFileSync('/sbin/ldconfig', ['-p'], { encoding: 'utf8' }).includes('libvulkan.so.1');
  } catch {
    return false;
  }
}

/** Debian and its like by their own word; Ubuntu's `chromium` package is a snap, which root's tests cannot use. */
function isDebian() {
  return existsSync('/etc/os-release') && /^ID=debian$/m.test(readFileSync('/etc/os-release', 'utf8'));
}

/**
 * @param {string} name A package of Debian's.
 * @param {string} why
 */
async function ensurePackage(name, why) {
  // Another apt-get may be at work, above all on a machine that has just been started.
  const install = ['install', '-y', '--no-install-recommends', '-o', 'DPkg::Lock::Timeout=300', name];
  const command = `apt-get ${install.join(' ')}`;
  if (!IS_ROOT || !isDebian()) throw new Error(`${name} is missing: ${why}. On Debian or Ubuntu: sudo ${command}`);
  console.log(`${name} is missing: ${why}. Installing it now, as root on Debian: ${command}`);
  const env = { DEBIAN_FRONTEND: 'noninteractive' };
  // The lists' own lock is not waited for: an update that fails beside another one is tried again after the first install.
  for (let attempt = 0; attempt < 2; attempt++) {
    await run('apt-get', ['update', '-qq'], { env });
    if ((await run('apt-get', ['-qq', ...install], { env })) === 0) return;
  }
  throw new Error(`${name} could not be installed: ${command}`);
}
