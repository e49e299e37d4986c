import react from '@vitejs/plugin-react';
import { defineConfig } from 'vitest/config';
import { contentPolicy } from './src/cli/contentPolicy.mjs';
import { licences } from './src/cli/licences.mjs';
import { offlinePage } from './src/cli/offlinePage.mjs';
import { programs } from './src/cli/programs.mjs';
import { watModules } from './src/cli/watModules.mjs';

/** Tests that open a GPU in Node; `src/testing/architectureRules.ts` holds them to the name. */
const GPU_TESTS = 'src/**/*.gpu.test.ts';
/** Those that open devices of their own, which a device of others in the process does not outlive. */
const ALONE = 'src/**/*.alone.gpu.test.ts';
/** Tests that start other programs: PyTorch, scikit-learn, Node. */
const PROGRAM_TESTS = 'src/**/*.program.test.ts';
/** What takes long even without a GPU: whole networks, and below, what is left of projects after crashes. */
const LONG_TESTS = 'src/**/*.long.test.ts';
/** Tests on a device that computes nothing. */
const NULL_GPU_TESTS = 'src/**/*.null.test.ts';
/** Those of sessions: what a test leaves running goes on for as long as its process, so each file has one. */
const NULL_SESSION_TESTS = 'src/{session,client,hosts}/**/*.null.test.ts';
const LONG_SESSION_TESTS = 'src/{session,client,hosts}/**/*.long.null.test.ts';
/** As it is imported anywhere: what is left out would load a second copy of what it shares with these. */
const TENSORFLOW = [
  '@tensorflow/tfjs',
  '@tensorflow/tfjs-backend-wasm',
  '@tensorflow/tfjs-backend-webgpu',
  '@tensorflow/tfjs-backend-webgpu/dist/backend_webgpu',
  '@tensorflow/tfjs-backend-webgpu/dist/register_all_kernels',
  '@tensorflow/tfjs-core',
  '@tensorflow/tfjs-core/dist/register_all_gradients',
];
const PURE_TIMES = { testTimeout: 30_000, hookTimeout: 30_000 };
const LONG_TIMES = { testTimeout: 300_000, hookTimeout: 300_000 };
const GPU_TIMES = { ...LONG_TIMES, fileParallelism: false };

// `base: './'` lets the built page run from any folder of any static host.
export default defineConfig({
  base: './',
  plugins: [react(), watModules(), programs(), licences(), offlinePage(), contentPolicy()],
  worker: { format: 'es', plugins: () => [watModules(), programs(), licences()] },
  build: { target: 'es2023', chunkSizeWarningLimit: 1500 },
  // TensorFlow.js in Node: its CommonJS core registers no gradients, so tests and benches use its ES modules.
  // onnxruntime-web's build for browsers does not run in Node; its own for Node has another name.
  ...(process.env['VITEST'] && {
    resolve: { mainFields: ['module', 'main'], alias: { 'onnxruntime-web/wasm': 'onnxruntime-web' } },
  }),
  ssr: { noExternal: [/^@tensorflow\//], resolve: { mainFields: ['module', 'main'] } },
  test: {
    // All cores: what `npm run check` runs beside them is soon over.
    maxWorkers: '100%',
    server: { deps: { inline: [/@tensorflow\//] } },
    setupFiles: 'src/testing/quickEquality.ts',
    // TensorFlow.js is some thousand modules: each process loads them as a few files, made once and kept in node_modules.
    deps: { optimizer: { ssr: { enabled: true, include: TENSORFLOW } } },
    projects: [
      {
        extends: true,
        test: {
          name: 'pure',
          include: ['src/**/*.test.{ts,tsx}'],
          exclude: [GPU_TESTS, NULL_GPU_TESTS, PROGRAM_TESTS, LONG_TESTS],
          ...PURE_TIMES,
          // Loading TensorFlow.js and the page's libraries takes longer than the tests: once a process.
          isolate: false,
          restoreMocks: true,
          unstubGlobals: true,
          unstubEnvs: true,
        },
      },
      {
        extends: true,
        test: {
          name: 'pure-session',
          include: [NULL_SESSION_TESTS],
          exclude: [LONG_SESSION_TESTS],
          ...LONG_TIMES,
        },
      },
      {
        extends: true,
        test: {
          name: 'pure-null',
          include: [NULL_GPU_TESTS],
          exclude: [NULL_SESSION_TESTS],
          ...LONG_TIMES,
          isolate: false,
        },
      },
      { extends: true, test: { name: 'long-session', include: [LONG_SESSION_TESTS], ...LONG_TIMES } },
      { extends: true, test: { name: 'long', include: [PROGRAM_TESTS, LONG_TESTS], ...LONG_TIMES, isolate: false } },
      {
        extends: true,
        test: {
          name: 'gpu',
          include: [GPU_TESTS],
          exclude: [ALONE],
          // One process and one device: the software GPU takes every core by itself, and compiles each kernel once.
          ...GPU_TIMES,
          isolate: false,
          // After the others, which would slow it down.
          sequence: { groupOrder: 1 },
        },
      },
      {
        extends: true,
        test: { name: 'gpu-alone', include: [ALONE], ...GPU_TIMES, sequence: { groupOrder: 2 } },
      },
    ],
  },
});
