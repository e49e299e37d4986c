/** `bench -- frozen`: an epoch with a frozen trunk against one that trains the whole network, at the same size. */
import type { StudioBackend } from '../engine/gpu/backend';
import type { FrozenOptions } from './arguments';
import { ourTrainer } from './ourStep';
import { median, significant } from './statistics';
import { stepInputs } from '../engine/check/stepInputs';

/** A forward pass is a third of a step's work; the rest is the classifier, the last norm and what is launched. */
const MOST_SHARE = 0.45;

/** Epochs of `steps` batches, of either kind in turn, after one step that compiles. */
export async function benchFrozen(backend: StudioBackend, o: FrozenOptions): Promise<{ ok: boolean; result: object }> {
  const inputs = stepInputs(o);
  const sides = [false, true].map((tunes) => ({
    trainer: ourTrainer(backend, inputs, { level: o.memory, tunes }),
    epochs: [] as number[],
  }));
  for (const { trainer } of sides) await trainer.step();
  for (let epoch = 0; epoch < o.repeats; epoch++) {
    for (const { trainer, epochs } of sides) {
      const started = performance.now();
      for (let step = 0; step < o.steps; step++) await trainer.step();
      epochs.push(performance.now() - started);
    }
  }
  for (const { trainer } of sides) trainer.dispose();
  const [wholeMs = NaN, frozenMs = NaN] = sides.map(({ epochs }) => median(epochs));
  const share = frozenMs / wholeMs;
  return {
    ok: share <= MOST_SHARE,
    result: {
      arch: o.arch,
      batch: o.batch,
      size: o.size,
      steps: o.steps,
      wholeEpochMs: significant(wholeMs),
      frozenEpochMs: significant(frozenMs),
      share: significant(share),
      mostShare: MOST_SHARE,
    },
  };
}
