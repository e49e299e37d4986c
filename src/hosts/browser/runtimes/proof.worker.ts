/**
 * Opens one export in the program that it is made for and runs photos through it: a worker of its own, since these programs
 * keep what they use in globals and a thread busy. It lives as long as one proof.
 */
import { filesInPage } from './pageFiles';
import { fileOf, type OpenNetwork } from './runtime';
import type { ForeignFormat, ProofAnswer, ProofTask } from '../../../session/host';

const OPEN: Readonly<Record<ForeignFormat, (task: ProofTask) => Promise<OpenNetwork & { runtime: string }>>> = {
  onnx: async ({ files }) => {
    const { openOnnx, RUNTIME } = await import('./onnx');
    return { ...(await openOnnx(files)), runtime: RUNTIME };
  },
  transformers: async ({ files }) => {
    const { openTransformers, RUNTIME } = await import('./onnx');
    return { ...(await openTransformers(files)), runtime: RUNTIME };
  },
  tfjs: async ({ files }) => {
    const { useWasm } = await import('./tfjsWasm');
    const { openTfjs } = await import('./tfjs');
    const runtime = await useWasm();
    return { ...(await openTfjs(files)), runtime };
  },
  page: async ({ files }) => {
    const { useWasm } = await import('./tfjsWasm');
    const { openTfjs } = await import('./tfjs');
    const runtime = await useWasm();
    return { ...(await openTfjs(await filesInPage(fileOf(files, 'classifier.html')))), runtime };
  },
};

addEventListener('message', ({ data }: MessageEvent<ProofTask>) => {
  answer(data).then(
    (said) => postMessage(said),
    (error: unknown) => postMessage({ error: error instanceof Error ? error.message : String(error) }),
  );
});

async function answer(task: ProofTask): Promise<ProofAnswer> {
  const network = await OPEN[task.format](task);
  const logits: Float32Array[] = [];
  for (const { images, shape } of task.batches) logits.push(await network.run(images, shape));
  await network.close();
  return { runtime: network.runtime, logits };
}
