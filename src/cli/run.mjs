/**
 * `node src/cli/run.mjs NAME …`: runs `src/cli/NAME.ts`, through Vite, so that it may import the engine with its
 * shaders as the page does. The file exports `main(args)`, which gives the exit code.
 */
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import process from 'node:process';
import { installDependencies } from './project.mjs';
import { ROOT } from './root.mjs';

const [name = '', ...args] = process.argv.slice(2);
const file = path.join(ROOT, 'src/cli', `${name}.ts`);
if (!/^\w+$/.test(name) || !existsSync(file)) {
  console.error(`"${name}" is no program: there is no src/cli/${name}.ts`);
  process.exit(2);
}

await installDependencies();
// TensorFlow.js 4.22 calls `require` when it meets Node, in its ES modules too.
globalThis.require = createRequire(import.meta.url);
// A server for development would say so to the builds that programs start, and their pages would be React's slow ones.
process.env['NODE_ENV'] ??= 'production';
const { createServer, isRunnableDevEnvironment } = await import('vite');
const vite = await createServer({
  root: ROOT,
  appType: 'custom',
  logLevel: 'warn',
  optimizeDeps: { noDiscovery: true },
  // Builds for Node have other names.
  resolve: {
    alias: [
      { find: /^onnxruntime-web\/wasm$/, replacement: 'onnxruntime-web' },
      {
        find: /^@tensorflow\/tfjs-backend-wasm$/,
        replacement: '@tensorflow/tfjs-backend-wasm/dist/tf-backend-wasm.fesm.js',
      },
    ],
  },
  server: { middlewareMode: true, hmr: false, ws: false, watch: null },
});
const { ssr } = vite.environments;
if (!isRunnableDevEnvironment(ssr)) throw new Error('Vite gives no environment that runs modules');

let code = 1;
try {
  /** @type {{ main(args: string[]): Promise<number> }} */
  const program = await ssr.runner.import(file);
  code = await program.main(args);
} catch (error) {
  console.error(error);
}
await vite.close();
process.exit(code);
