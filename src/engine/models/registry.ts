/** Every network by the name of its architecture. */
import type { TensorSpec } from '../nn/state';
import type { Architecture } from './meta';
import type { Model } from './model';
import { resnet } from './resnet';

const models = new Map<Architecture, Model>();

export function modelOf(arch: Architecture): Model {
  const model = models.get(arch) ?? resnet(arch);
  models.set(arch, model);
  return model;
}

export const stateSpecs = (arch: Architecture, classes: number): TensorSpec[] => modelOf(arch).specs(classes);
