/** Our training step for the benches: the one place here that knows how the engine is asked for one. */
import { dispose, memory, tensor1d, tensor4d, type Tensor4D } from '@tensorflow/tfjs-core';
import { parseStudioConfig } from '../../engine/experiments/meta';
import type { StudioBackend } from '../../engine/gpu/backend';
import { readFloats } from '../../engine/gpu/readback';
import { TRAIN } from '../../engine/nn/layers';
import { stateSpecs } from '../../engine/models/resnet';
import { disposeState, uploadState } from '../../engine/nn/state';
import { tuned } from '../../engine/train/frozen';
import { adamWOptimiser } from '../../engine/train/optimiser';
import { memoryPlan } from '../../engine/train/plan';
import { batchGradients } from '../../engine/train/step';
import type { StepInputs, Trainer } from './trainer';

/** @param affineOnly Fine-tuning's step: the trunk frozen, `fc` and the last norm trained. */
export function ourTrainer(backend: StudioBackend, inputs: StepInputs, { tunes = false } = {}): Trainer {
  const { arch, batch, size, classes } = inputs;
  const specs = stateSpecs(arch, classes.length);
  const network = { arch, classes, state: uploadState(specs, inputs.host) };
  const { trained, mode } = tunes
    ? tuned(network, { affine: true })
    : { trained: network.state.parameters, mode: TRAIN };
  const optimiser = adamWOptimiser(backend, trained, { lr: inputs.lr, weightDecay: 0 });
  const images: Tensor4D = tensor4d(inputs.images, [batch, size, size, 3]);
  const labels = tensor1d(inputs.labels, 'int32');
  return {
    async step() {
      const { loss, correct, gradients } = batchGradients(network, trained, mode, images, labels);
      optimiser.step(gradients);
      const value = readFloats(loss);
      dispose([loss, correct, ...gradients.values()]);
      await backend.device.queue.onSubmittedWorkDone();
      const [first = NaN] = await value;
      backend.gpu.throwIfFailed();
      return first;
    },
    tensors: () => memory().numTensors,
    dispose() {
      optimiser.dispose();
      dispose([images, labels]);
      disposeState(network.state);
    },
  };
}

/** What the page says before such a run that it will take. */
export function plannedBytes({ arch, batch, size, classes }: Omit<StepInputs, 'host' | 'images' | 'labels' | 'lr'>) {
  const config = parseStudioConfig({ arch, batchSize: batch, trainSize: size, evalCrop: size });
  const counts = { trainCount: batch, validationCount: batch, classes: classes.length, tuneSize: size };
  return memoryPlan({ run: 'baseline', config, arch, ...counts }).memoryBytes;
}
