/** Whole programs as text: `import code from './main.ts?program'` gives one script with all that it imports. */
import { build } from 'vite';
import { packagesIn, termsOf } from './licences.mjs';
import { watModules } from './watModules.mjs';

const QUERY = '?program';

/** @returns {import('vite').Plugin} */
export function programs() {
  return {
    name: 'programs',
    enforce: 'pre',
    async resolveId(source, importer) {
      if (!source.endsWith(QUERY)) return null;
      const file = await this.resolve(source.slice(0, -QUERY.length), importer, { skipSelf: true });
      return file && `${file.id}${QUERY}`;
    },
    async load(id) {
      if (!id.endsWith(QUERY)) return null;
      const built = await build({
        configFile: false,
        logLevel: 'error',
        plugins: [watModules()],
        build: {
          write: false,
          target: 'es2023',
          // Whatever else the program needs lies in it, too.
          assetsInlineLimit: Infinity,
          rolldownOptions: { input: id.slice(0, -QUERY.length), output: { format: 'iife' } },
        },
      });
      const [result] = Array.isArray(built) ? built : [built];
      if (!('output' in result)) throw new Error('A build that watches gives no program');
      const { output } = result;
      const [program] = output;
      if (output.length > 1)
        throw new Error(`${id} is more than one script: ${output.map((one) => one.fileName).join(', ')}`);
      // Whoever is given the program is given the terms of what it is made of.
      const terms = termsOf(packagesIn({ [program.fileName]: program })).replaceAll('*/', '* /');
      return `export default ${JSON.stringify(`/*!\n${terms}\n*/\n${program.code}`)};`;
    },
  };
}
