/** An export's logits by the program that it is made for. The programs are loaded when the first is asked for. */
import type { ProofAnswer, ProofTask } from '../../../session/host';

/** @throws Error as the program says it. */
export function runForeign(task: ProofTask): Promise<ProofAnswer> {
  const worker = new Worker(new URL('./proof.worker.ts', import.meta.url), { type: 'module' });
  const answer = new Promise<ProofAnswer>((resolve, reject) => {
    worker.addEventListener('message', ({ data }: MessageEvent<ProofAnswer | { error: string }>) => {
      if ('error' in data) reject(new Error(data.error));
      else resolve(data);
    });
    worker.addEventListener('error', (event) => reject(new Error(event.message || 'its program could not be loaded')));
    worker.postMessage(task, []);
  });
  return answer.finally(() => worker.terminate());
}
