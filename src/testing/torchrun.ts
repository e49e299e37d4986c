/** The programs of a folder that was handed over to PyTorch, run in one process or under torchrun, and what they leave. */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import process from 'node:process';
import type { RunRecord } from '../engine/base/records';
import { PYTHON } from './python';

/** Gives torchvision a network that it does not have. */
export const TINY_NETWORK = `import torch, torchvision
from torchvision.models.resnet import BasicBlock, ResNet

def tiny18(num_classes):
    model = ResNet(BasicBlock, [2, 2, 2, 2], num_classes)
    model.inplanes, model.conv1, model.bn1 = 8, torch.nn.Conv2d(3, 8, 7, 2, 3, bias=False), torch.nn.BatchNorm2d(8)
    for i in range(4):
        setattr(model, f"layer{i + 1}", model._make_layer(BasicBlock, 8 * 2**i, 2, stride=1 if i == 0 else 2))
    model.fc = torch.nn.Linear(64, num_classes)
    return model

torchvision.models.tiny18 = tiny18
torch.set_num_threads(1)
`;

/** Runs a program by name, with that network. */
const TINY = `import runpy, sys
${TINY_NETWORK}
sys.path.insert(0, ".")
sys.argv = sys.argv[1:]
runpy.run_path(sys.argv[0], run_name="__main__")
`;

/** Beside the programs, which are run by it. */
export const addTinyNetwork = (folder: string): Promise<void> => writeFile(path.join(folder, 'tiny.py'), TINY);

export interface RunThere {
  /** Where the programs are. */
  folder: string;
  photos: string;
  /** Processes; 1 if not given, and then without torchrun. */
  ranks?: number;
}

/** Begins a program of the folder; `args` are its name and its own. */
export function begunThere({ folder, photos, ranks = 1 }: RunThere, ...args: readonly string[]): ChildProcess {
  const own = ['tiny.py', ...args, '--data', photos, '--workers', '0'];
  const options = { cwd: folder, stdio: ['ignore', 'pipe', 'pipe'] as const };
  if (ranks === 1) return spawn(PYTHON, own, { ...options, stdio: [...options.stdio] });
  // Debian's torchrun loses what ranks say unless it is told to keep it.
  const debian = ['--redirects', '1', '--tee', '1', '--log_dir', path.join(folder, 'logs')];
  // Debian's `--standalone` has one port for all that run at a time: this takes a free one.
  const alone = ['--rdzv_backend=c10d', '--rdzv_endpoint=localhost:0', '--nnodes=1'];
  const many = [...alone, `--nproc_per_node=${ranks}`, '--monitor_interval', '1'];
  const launch = ['-m', 'torch.distributed.run', ...debian, ...many, ...own];
  return spawn(PYTHON, launch, {
    ...options,
    stdio: [...options.stdio],
    env: { ...process.env, OMP_NUM_THREADS: '1' },
  });
}

/** How a program ended, and what it has said. */
export async function ended(child: ChildProcess): Promise<{ code: number | null; stdout: string; stderr: string }> {
  const said = { stdout: '', stderr: '' };
  child.stdout?.on('data', (text) => (said.stdout += String(text)));
  child.stderr?.on('data', (text) => (said.stderr += String(text)));
  const [code] = (await once(child, 'close')) as [number | null];
  return { code, ...said };
}

/** What a program says on standard output. @throws Error with what it says on standard error where it fails. */
export async function runThere(where: RunThere, ...args: readonly string[]): Promise<string> {
  const { code, stdout, stderr } = await ended(begunThere(where, ...args));
  if (code !== 0) throw new Error(`${args.join(' ')} ended with ${code}: ${stderr}`);
  return stdout;
}

export async function recordsIn(results: string): Promise<RunRecord[]> {
  const text = await readFile(path.join(results, 'records.jsonl'), 'utf8');
  return text
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as RunRecord);
}

/** What two runs have to agree on: losses within float rounding, answers to the photo. */
export function told(records: readonly RunRecord[]) {
  return {
    losses: records.flatMap((one) => (one.kind === 'step' ? [one.record.loss] : [])),
    epochs: records.flatMap((one) => (one.kind === 'epoch' ? [one.record] : [])),
    points: records.flatMap((one) => (one.kind === 'sweepPoint' ? [one.point] : [])),
  };
}
