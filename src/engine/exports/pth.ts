/** PyTorch's `.pth`: the state dict alone, as torch.load(weights_only=True) and load_state_dict(strict=True) take it. */
import { writeTorchFile } from '../io/torchSave';
import { torchTensors } from '../train/checkpoint';
import { type Exporter, metadataOf } from './model';

export const pth: Exporter = (model) => [
  { path: 'model.pth', blob: writeTorchFile(torchTensors(model), metadataOf(model)) },
];
