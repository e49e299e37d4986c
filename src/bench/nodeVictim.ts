/** A session in a Node process of its own, to be tortured: device losses are devices destroyed. */
import { spawn } from 'node:child_process';
import path from 'node:path';
import process from 'node:process';
import { ROOT } from '../cli/root.mjs';
import type { TorturedHears, TorturedSays } from './tortured';
import type { PlanId, Victim } from './torturedRuns';

const BUNDLE = path.join(ROOT, 'out', 'tortured');

/** The program in a few files, for all its starts: through Vite each of them would load a thousand modules. */
export async function bundleVictim(): Promise<void> {
  const { build } = await import('vite');
  await build({
    root: ROOT,
    logLevel: 'warn',
    publicDir: false,
    // Nobody asks it for the page that is given away.
    build: {
      ssr: 'src/bench/tortured.ts',
      outDir: BUNDLE,
      emptyOutDir: true,
      rolldownOptions: { external: [/\?program$/] },
    },
  });
}

/** Once `bundleVictim` is done. */
export async function nodeVictim(data: string, out: string, plan: PlanId): Promise<Victim> {
  const program = path.join(BUNDLE, 'tortured.js');
  const stdio: ('ignore' | 'inherit' | 'ipc')[] = ['ignore', 'ignore', 'inherit', 'ipc'];
  const child = spawn(process.execPath, [program, data, out, plan], { cwd: ROOT, stdio });
  const ended = new Promise<number | null>((resolve) => child.once('exit', resolve));
  const says = () =>
    Promise.race([new Promise<TorturedSays>((resolve) => child.once('message', resolve)), ended.then(() => null)]);
  const hear = async (what: TorturedHears) => void (child.connected && child.send(what));
  return {
    async where() {
      for (;;) {
        const said = await says();
        if (said === null || 'done' in said) return null;
        if ('run' in said) return said;
      }
    },
    save: () => hear('save'),
    lose: () => hear('lose'),
    async kill() {
      child.kill('SIGKILL');
      await ended;
    },
    ended,
  };
}
