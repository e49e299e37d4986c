import react from '@vitejs/plugin-react';
import { defineConfig } from 'vitest/config';
import { watModules } from './src/cli/watModules.mjs';

// `base: './'` lets the built page run from any folder of any static host.
export default defineConfig({
  base: './',
  plugins: [react(), watModules()],
  worker: { format: 'es', plugins: () => [watModules()] },
  build: { target: 'es2023', chunkSizeWarningLimit: 1500 },
  // TensorFlow.js in Node: its CommonJS core registers no gradients, so tests and benches use its ES modules.
  ...(process.env['VITEST'] && { resolve: { mainFields: ['module', 'main'] } }),
  ssr: { noExternal: [/^@tensorflow\//], resolve: { mainFields: ['module', 'main'] } },
  test: {
    include: ['src/**/*.test.{ts,tsx}'],
    server: { deps: { inline: [/@tensorflow\//] } },
    // One process at a time: the software GPU takes every core by itself.
    fileParallelism: false,
    testTimeout: 120_000,
    hookTimeout: 120_000,
  },
});
