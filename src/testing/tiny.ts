import { PRESET_CONFIGS, type StudioConfig } from '../engine/experiments/meta';

/** The quick preset's smallest runs: a ResNet of eight channels sees a few photos at 32 px once, four at a time. */
export const TINY: StudioConfig = {
  ...PRESET_CONFIGS.quick,
  arch: 'tiny10',
  batchSize: 4,
  epochs: 1,
  trainSize: 32,
  evalResize: 36,
  evalCrop: 32,
  tuneSeconds: 0,
};
