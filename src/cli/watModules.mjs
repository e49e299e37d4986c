/** WebAssembly in its text form: `import bytes from './name.wat'` gives the module's bytes, assembled when the page is built. */
import { readFile } from 'node:fs/promises';

/** @returns {import('vite').Plugin} */
export function watModules() {
  return {
    name: 'wat-modules',
    enforce: 'pre',
    async load(id) {
      if (!id.endsWith('.wat')) return null;
      this.addWatchFile(id);
      const { default: openWabt } = await import('wabt');
      const wabt = await openWabt();
      const parsed = wabt.parseWat(id, await readFile(id, 'utf8'), { simd: true });
      try {
        parsed.validate();
        return `export default new Uint8Array([${parsed.toBinary({}).buffer.join()}]);`;
      } finally {
        parsed.destroy();
      }
    },
  };
}
