/**
 * `npm run bench -- numerics [TOPIC …]`: the studio's numbers beside PyTorch's, torchvision's, Pillow's, scikit-learn's and
 * SciPy's (Debian: python3-torch python3-torchvision python3-sklearn). The studio's are computed here, the others' in
 * `compare.py`, which prints a line for each comparison. Exit code 1 if one differs by more than it may.
 */
import { spawnSync } from 'node:child_process';
import path from 'node:path';
import { ON_CPU } from './onCpu';

const PYTHON = '/usr/bin/python3';
const ON_GPU = ['norms', 'losses', 'optimisers'] as const;
const TOPICS = [...Object.keys(ON_CPU), ...ON_GPU];

export async function main(args: readonly string[]): Promise<number> {
  const unknown = args.filter((topic) => !TOPICS.includes(topic));
  if (unknown.length > 0) {
    console.error(`Unknown ${unknown.join(', ')}. Usage: npm run bench -- numerics [${TOPICS.join('] [')}]`);
    return 2;
  }
  if (spawnSync(PYTHON, ['-c', 'import torch, torchvision, scipy, sklearn, PIL']).status !== 0) {
    console.error(`${PYTHON} has no torch, torchvision, SciPy or scikit-learn: nothing to compare with.`);
    return 1;
  }
  const wanted = args.length > 0 ? args : TOPICS;
  const ours: Record<string, unknown> = {};
  for (const [topic, compute] of Object.entries(ON_CPU)) if (wanted.includes(topic)) ours[topic] = compute();
  if (ON_GPU.some((topic) => wanted.includes(topic))) {
    const { nodeBackend } = await import('../../hosts/node/gpu');
    const onGpu = await import('./onGpu');
    const backend = await nodeBackend();
    for (const topic of ON_GPU) if (wanted.includes(topic)) ours[topic] = await onGpu[topic](backend);
  }
  const script = path.join(import.meta.dirname, 'compare.py');
  const { status } = spawnSync(PYTHON, [script], {
    input: JSON.stringify(ours),
    stdio: ['pipe', 'inherit', 'inherit'],
    maxBuffer: 2 ** 30,
  });
  return status === 0 ? 0 : 1;
}
