/** The training step in stock TensorFlow.js, with its Adam. */
import { train } from '@tensorflow/tfjs-core';
import { onStock, StockStep } from '../engine/check/stockResNet';
import type { StepInputs } from '../engine/check/stepInputs';
import type { Gpu } from '../engine/gpu/device';
import type { Trainer } from './trainer';

export async function stockTrainer(gpu: Gpu, inputs: StepInputs): Promise<Trainer> {
  const stock = await onStock(() => new StockStep(inputs));
  const optimiser = train.adam(inputs.lr);
  return {
    step: () =>
      onStock(async () => {
        const cost = optimiser.minimize(stock.loss, true, stock.trainable);
        const [loss = NaN] = (await cost?.data()) ?? [];
        cost?.dispose();
        await gpu.device.queue.onSubmittedWorkDone();
        gpu.throwIfFailed();
        return loss;
      }),
    dispose() {
      optimiser.dispose();
      stock.dispose();
    },
  };
}
