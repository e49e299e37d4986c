/** What a packed bench starts with; `run.mjs` without Vite. */
import { createRequire } from 'node:module';
import process from 'node:process';
import { main } from '../cli/bench';

// TensorFlow.js 4.22 calls `require` when it meets Node, in its ES modules too.
globalThis.require = createRequire(import.meta.url);

main(process.argv.slice(2)).then(
  (code) => process.exit(code),
  (error: unknown) => {
    console.error(error);
    process.exit(1);
  },
);
