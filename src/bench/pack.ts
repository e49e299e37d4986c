/**
 * `bench -- pack OUT`: a folder that runs the benches on a Linux x86-64 machine without network or Node: this machine's
 * Node and Dawn, and the benches bundled with their shaders, in one archive, and the script that unpacks and runs it.
 */
import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import process from 'node:process';
import { StudioError } from '../engine/base/errors';
import { ROOT } from '../cli/root.mjs';
import type { PackOptions } from './arguments';
import script from './pack.sh?raw';
import { commit } from './report';

const MAX_BYTES = 60e6;
/** The loader that finds Vulkan drivers, for machines that have drivers alone. */
const VULKAN_LOADER = '/usr/lib/x86_64-linux-gnu/libvulkan.so.1';
/** Dawn's platform folder in the package `webgpu`. */
const DAWN = 'dist/linux-x64/dawn.node';
const LICENCES = {
  node: ['/usr/share/doc/nodejs/LICENSE', path.join(path.dirname(process.execPath), '../LICENSE')],
  vulkanLoader: ['/usr/share/doc/libvulkan1/copyright'],
  dawn: [path.join(ROOT, 'node_modules/webgpu/LICENSE.md')],
  fixresStudio: [path.join(ROOT, 'LICENSE')],
};

/** @throws StudioError on another system than the archive is for, or if the folder has become too large. */
export async function benchPack({ out }: PackOptions): Promise<{ ok: boolean; result: object }> {
  if (process.platform !== 'linux' || process.arch !== 'x64') {
    throw new StudioError(
      'internal',
      `A bench is packed with this machine's Node, which is for ${process.platform} ${process.arch}`,
      'Pack it on Linux on x86-64.',
    );
  }
  mkdirSync(out, { recursive: true });
  const folder = mkdtempSync(path.join(tmpdir(), 'fixres-pack-'));
  try {
    await bundle(folder);
    cpSync(process.execPath, path.join(folder, 'node'));
    const dawn = path.join(folder, 'node_modules/webgpu');
    mkdirSync(path.dirname(path.join(dawn, DAWN)), { recursive: true });
    for (const file of ['package.json', 'index.js', DAWN]) {
      cpSync(path.join(ROOT, 'node_modules/webgpu', file), path.join(dawn, file));
    }
    mkdirSync(path.join(folder, 'lib'));
    if (existsSync(VULKAN_LOADER)) {
      cpSync(VULKAN_LOADER, path.join(folder, 'lib/libvulkan.so.1'), { dereference: true });
    }
    mkdirSync(path.join(folder, 'licences'));
    for (const [name, places] of Object.entries(LICENCES)) {
      const found = places.find((file) => existsSync(file));
      if (found !== undefined) cpSync(found, path.join(folder, 'licences', `${name}.txt`), { dereference: true });
    }
    writeFileSync(path.join(folder, 'commit'), commit() ?? '');
    execFileSync('tar', ['-czf', path.join(out, 'bench.tar.gz'), '-C', folder, ...readdirSync(folder)]);
  } finally {
    rmSync(folder, { recursive: true });
  }
  const runner = path.join(out, 'run.sh');
  writeFileSync(runner, script);
  chmodSync(runner, 0o755);
  const files = ['run.sh', 'bench.tar.gz'].map((name) => ({ name, bytes: statSync(path.join(out, name)).size }));
  const bytes = files.reduce((sum, file) => sum + file.bytes, 0);
  return { ok: bytes <= MAX_BYTES, result: { bench: 'pack', out, files, bytes, maxBytes: MAX_BYTES } };
}

/** Everything but Dawn, in a few files beside `bench.mjs`. */
async function bundle(outDir: string): Promise<void> {
  const { build } = await import('vite');
  await build({
    root: ROOT,
    logLevel: 'warn',
    publicDir: false,
    // What is left out cannot run on another machine, or would not be a bench of ours.
    ssr: { noExternal: true, external: ['webgpu', '@playwright/test', 'vite'] },
    build: {
      ssr: 'src/bench/packed.ts',
      outDir,
      emptyOutDir: false,
      rolldownOptions: { output: { entryFileNames: 'bench.mjs', chunkFileNames: 'chunks/[name]-[hash].mjs' } },
    },
  });
}
