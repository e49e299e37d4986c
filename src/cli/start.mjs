/** `npm start`: installs and builds what is missing, serves the studio on localhost and opens a browser. */
import { spawn } from 'node:child_process';
import process from 'node:process';
import { parseArgs } from 'node:util';
import { buildPage, installDependencies, servePage } from './project.mjs';

const USAGE = 'Usage: npm start -- [--port NUMBER] [--no-open]';

const options = parseOptions(process.argv.slice(2));
if (options === undefined) {
  console.error(USAGE);
  process.exit(2);
}
try {
  await installDependencies();
  await buildPage();
  const { port, open } = options;
  const { address } = await servePage(port === undefined ? {} : { port, strictPort: true });
  console.log(`FixRes Studio is ready: ${address}  (Ctrl-C ends it)`);
  if (open && hasDisplay()) openBrowser(address);
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exit(1);
}

/** @param {string[]} args */
function parseOptions(args) {
  try {
    const { values } = parseArgs({ args, options: { port: { type: 'string' }, 'no-open': { type: 'boolean' } } });
    const port = values.port === undefined ? undefined : Number(values.port);
    if (port === undefined || (Number.isInteger(port) && port > 0 && port < 65536)) {
      return { port, open: values['no-open'] !== true };
    }
    console.error(`--port ${values.port} is no port: 1 to 65535`);
  } catch (error) {
    console.error(error instanceof Error ? error.message : error);
  }
  return undefined;
}

function hasDisplay() {
  if (process.env['CI'] || process.env['SSH_CONNECTION']) return false;
  if (process.platform === 'win32' || process.platform === 'darwin') return true;
  return Boolean(process.env['DISPLAY'] || process.env['WAYLAND_DISPLAY']);
}

/** @param {string} address */
function openBrowser(address) {
  const [command, ...args] =
    process.platform === 'win32'
      ? ['cmd', '/c', 'start', '', address]
      : [process.platform === 'darwin' ? 'open' : 'xdg-open', address];
  const child = spawn(command ?? '', args, { stdio: 'ignore', detached: true });
  // The address is printed; a system that cannot open it needs no more words.
  child.on('error', () => undefined);
  child.unref();
}
