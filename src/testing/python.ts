/** Debian's Python beside the tests: other people's readers for files of ours. Tests skip by name where it has no such package. */
import { spawnSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import process from 'node:process';

export const PYTHON = '/usr/bin/python3';

/** Whether these modules are installed; looked up, since importing PyTorch takes seconds. */
export function pythonHas(...modules: readonly string[]): boolean {
  const script = 'import importlib.util, sys; sys.exit(not all(map(importlib.util.find_spec, sys.argv[1:])))';
  return spawnSync(PYTHON, ['-c', script, ...modules]).status === 0;
}

/** What a script says on standard output, as JSON. `args` are its `sys.argv[1:]`. @throws what it says on standard error. */
export function python(script: string, ...args: readonly string[]): unknown {
  const { status, stdout, stderr } = spawnSync(PYTHON, ['-', ...args], { input: script, encoding: 'utf8' });
  if (status !== 0) throw new Error(stderr);
  return JSON.parse(stdout);
}

const IN_TURN = `import contextlib, io, json, sys
said = []
for program in json.load(sys.stdin):
    with contextlib.redirect_stdout(io.StringIO()) as out:
        exec(program, {"__name__": "__main__"})
    said.append(out.getvalue())
print(json.dumps(said))
`;

/**
 * What each of the programs says, one after the other in one process, since importing PyTorch takes seconds. They find their
 * files and modules in the folder. @throws Error with whatever is said on standard error.
 */
export function pythonPrograms(folder: string, programs: readonly string[]): string[] {
  const { status, stdout, stderr } = spawnSync(PYTHON, ['-c', IN_TURN], {
    input: JSON.stringify(programs),
    cwd: folder,
    env: { ...process.env, PYTHONPATH: folder },
    encoding: 'utf8',
  });
  if (status !== 0 || stderr !== '') throw new Error(`Python ended with ${status}: ${stderr}`);
  return JSON.parse(stdout) as string[];
}

const SAFETENSORS = `import sys
sys.path.insert(0, ${JSON.stringify(path.resolve('src/cli'))})
from verify_weights import read_safetensors
load_file = lambda path: read_safetensors(path)[0]
`;

/** Gives programs of the folder the one function that they need of `safetensors`, which Debian lacks, and our reader has. */
export function addSafetensors(folder: string): void {
  mkdirSync(path.join(folder, 'safetensors'), { recursive: true });
  writeFileSync(path.join(folder, 'safetensors', 'torch.py'), SAFETENSORS);
}
