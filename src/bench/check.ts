/** `bench -- check`: a training step in our kernels and in stock TensorFlow.js on this machine's GPU, compared. */
import { nodeBackend } from '../hosts/node/gpu';
import { head } from './report';

/** Exit code 1 where they disagree. */
export async function main(args: readonly string[]): Promise<number> {
  if (args.length > 0) {
    console.error('Usage: npm run bench -- check');
    return 2;
  }
  const backend = await nodeBackend();
  const { checkGpu } = await import('../engine/check/checkGpu');
  const check = await checkGpu(navigator.gpu, backend, () => performance.now());
  console.log(JSON.stringify({ ...head('check', [], backend.report), ...check }, null, 2));
  return check.agrees ? 0 : 1;
}
