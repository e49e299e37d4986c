/**
 * Where a training stands, as PyTorch's reference scripts go on from it: weights, the optimiser's moments, the epoch.
 * torchvision's `train.py --resume` (references/classification/train.py: one group of parameters) and timm's `--resume`
 * (timm/models/_helpers.py `resume_checkpoint`, groups as timm/optim's `param_groups_weight_decay` makes them).
 */
import { StudioError } from '../base/errors';
import type { StoredTensor } from '../io/elements';
import { toTorchFilter, torchShape } from '../io/torchLayout';
import { type PythonFloat, type TorchValue, writeTorchValue } from '../io/torchSave';
import { type Architecture, hasFastaiHead, labelOf, trunkOf } from '../models/meta';
import { stateSpecs } from '../models/registry';
import type { HostState, TensorSpec } from '../nn/state';
import type { OptimiserState } from '../optim/optimiser';
import { torchTensors } from '../train/checkpoint';
import type { ExportedFile } from './model';

export interface StoppedTraining {
  arch: Architecture;
  classes: readonly string[];
  /** As trained, not averaged. */
  network: HostState;
  optimiser: OptimiserState;
  /** Epochs that are over. */
  epochs: number;
  /** Of the settings. */
  lr: number;
  weightDecay: number;
  momentum: number;
  metadata: Readonly<Record<string, string>>;
}

/** torch.optim's names of an optimiser's moments, in our rules' order. */
const MOMENTS: Readonly<Partial<Record<OptimiserState['kind'], readonly string[]>>> = {
  adamw: ['exp_avg', 'exp_avg_sq'],
  sgd: ['momentum_buffer'],
};

/** @throws StudioError `not-exportable` for an optimiser that torch.optim has none of, and for fastai's head. */
export function trainingCheckpoint(training: StoppedTraining): ExportedFile[] {
  const { arch, classes, network, optimiser, epochs, metadata } = training;
  const names = MOMENTS[optimiser.kind];
  if (!names || hasFastaiHead(arch)) {
    const what = names
      ? `no ${labelOf(arch)}`
      : `no optimiser like the one that trained these weights (${optimiser.kind})`;
    throw new StudioError('not-exportable', `PyTorch’s training scripts have ${what}`, 'Export the weights alone.');
  }
  const specs = stateSpecs(arch, classes.length).filter(isParameter);
  const tensors = torchTensors({ arch, classes, state: network });
  // Both count the epochs from 0, and go on with the next.
  const epoch = epochs - 1;
  const save = (
    path: string,
    groups: readonly TensorSpec[][],
    rest: (optimizer: TorchValue) => [string, TorchValue][],
  ) => ({
    path,
    blob: writeTorchValue(new Map(rest(optimizerOf(training, groups, names))), metadata),
  });
  return [
    save('torchvision/checkpoint.pth', [specs], (optimizer) => [
      ['model', tensors],
      ['optimizer', optimizer],
      [
        'lr_scheduler',
        new Map([
          ['last_epoch', epochs],
          ['_step_count', epochs + 1],
        ]),
      ],
      ['epoch', epoch],
    ]),
    save('timm/checkpoint.pth.tar', groupsOfTimm(specs), (optimizer) => [
      ['epoch', epoch],
      ['arch', trunkOf(arch)],
      ['state_dict', tensors],
      ['optimizer', optimizer],
      ['version', 2],
    ]),
  ];
}

const isParameter = ({ role }: TensorSpec): boolean =>
  role !== 'runningMean' && role !== 'runningVariance' && role !== 'batchesTracked';

/** Norms and biases first, which timm decays not at all unless it is told to: the rates are those of the settings. */
function groupsOfTimm(specs: readonly TensorSpec[]): TensorSpec[][] {
  const isVector = ({ shape }: TensorSpec) => shape.length <= 1;
  return [specs.filter(isVector), specs.filter((spec) => !isVector(spec))];
}

/** `optimizer.state_dict()`: parameters by their places in the groups; what was not trained has no moments. */
function optimizerOf(
  { optimiser, lr, weightDecay, momentum }: StoppedTraining,
  groups: readonly TensorSpec[][],
  names: readonly string[],
): TorchValue {
  const float = (value: number): PythonFloat => ({ float: value });
  const own: [string, TorchValue][] =
    optimiser.kind === 'sgd'
      ? [
          ['momentum', float(momentum)],
          ['dampening', float(0)],
          ['nesterov', false],
        ]
      : [
          ['betas', [float(0.9), float(0.999)]],
          ['eps', float(1e-8)],
          ['amsgrad', false],
          ['capturable', false],
        ];
  const common: [string, TorchValue][] = [
    ['lr', float(lr)],
    ['initial_lr', float(lr)],
    ['weight_decay', float(weightDecay)],
    ['maximize', false],
    ['foreach', null],
  ];
  let place = 0;
  const places = groups.map((specs) => specs.map((spec) => [place++, spec] as const));
  const state = new Map<number, TorchValue>();
  for (const [at, spec] of places.flat()) {
    const moments = optimiser.moments.map((moment) => moment.get(spec.key));
    if (moments.length === 0 || moments.some((values) => values === undefined)) continue;
    const entries: [string, TorchValue][] = names.map((name, i) => [name, torchMoment(spec, moments[i]!)]);
    if (optimiser.kind === 'adamw') entries.unshift(['step', stepTensor(optimiser.steps)]);
    state.set(at, new Map(entries));
  }
  const param_groups = places.map(
    (members): TorchValue => new Map([...common, ...own, ['params', members.map(([at]) => at)]]),
  );
  return new Map<string, TorchValue>([
    ['state', state],
    ['param_groups', param_groups],
  ]);
}

function torchMoment({ role, shape }: TensorSpec, values: Float32Array<ArrayBuffer>): StoredTensor {
  const torch = role === 'conv' ? toTorchFilter(values, shape) : values;
  const bytes = new Uint8Array(torch.buffer, torch.byteOffset, torch.byteLength);
  return { dtype: 'F32', shape: torchShape(shape), bytes };
}

const stepTensor = (steps: number): StoredTensor => ({
  dtype: 'F32',
  shape: [],
  bytes: new Uint8Array(Float32Array.of(steps).buffer),
});
