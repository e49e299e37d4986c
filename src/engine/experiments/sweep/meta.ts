import type { Fields } from '../../base/config';
import { SIZE } from '../common/photos';
import type { RunMeta } from '../common/runMeta';

export const SWEEP_FIELDS = {
  sweepMode: {
    type: 'choice',
    default: 'sizes',
    options: [
      { value: 'sizes', label: 'These sizes' },
      { value: 'best', label: 'Find the best' },
    ],
    label: 'Sizes',
    why: 'Given ones, or as few as it takes to find the best: coarse over a range, then fine around the best so far.',
  },
  sweepSizes: {
    type: 'numberList',
    default: [64, 128, 224, 384, 480],
    min: 32,
    max: 1024,
    unit: 'px',
    label: 'Test resolutions',
    onlyWith: ['sweepMode', 'sizes'],
    why: 'The same weights are evaluated at each of these sizes. Multiples of 32 waste nothing.',
  },
  sweepFrom: {
    type: 'number',
    default: 64,
    ...SIZE,
    label: 'Smallest size',
    why: 'Where the search for the best size starts.',
    onlyWith: ['sweepMode', 'best'],
  },
  sweepTo: {
    type: 'number',
    default: 512,
    ...SIZE,
    label: 'Largest size',
    why: 'Where the search for the best size ends. Time and memory grow with its square.',
    onlyWith: ['sweepMode', 'best'],
  },
  resizeRatio: {
    type: 'number',
    default: 1.25,
    min: 1,
    max: 4,
    zero: 'no resize',
    label: 'Resize ratio',
    why: 'Photos are resized to ratio x size, then centre-cropped. The blog uses 1.25, the paper 256/224 = 1.143; 0 crops from the full photo. Squished photos take no notice.',
    advanced: true,
  },
} as const satisfies Fields;

export const SWEEP = { label: 'Test resolution', fields: SWEEP_FIELDS } satisfies RunMeta;
