/** What adapters bind at most, in the three tiers that there are: every network can be trained and tested on each. */
import { expect, test } from 'vitest';
import type { AdapterReport } from '../gpu/report';
import { ARCHITECTURES } from '../models/meta';
import { outOfMemory, planMemory } from './memoryPlan';
import type { StepSpec } from './rehearsal';

const MIB = 2 ** 20;
const GIB = 2 ** 30;
const adapter = (maxBindingBytes: number, maxBufferBytes: number): AdapterReport => ({
  vendor: 'a vendor',
  architecture: '',
  description: '',
  software: false,
  features: [],
  maxBufferBytes,
  maxBindingBytes,
  subgroupSize: null,
});

/** WebGPU's defaults, Chromium's software adapter, and what large GPUs have. */
const TIERS = {
  '128 MiB': adapter(128 * MIB, 256 * MIB),
  '1 GiB': adapter(GIB, GIB),
  '2 GiB - 4': adapter(2 * GIB - 4, 4 * GIB),
};
const ALL = { isTrainable: () => true, mode: { trainsNorm: () => true } };

const CASES = ARCHITECTURES.flatMap((arch) =>
  Object.entries(TIERS).flatMap(([tier, report]) => [224, 384].map((size) => ({ arch, tier, report, size }))),
);

test.each(CASES)('$arch at $size px where a binding holds $tier', ({ arch, report, size }) => {
  const demand: StepSpec = { arch, classes: 5, rows: 8, size, training: ALL };
  const plan = planMemory({ report }, demand, 12 * GIB)!;
  expect(plan.microBatch).toBe(8);
  expect(plan.largestTensorBytes).toBeLessThanOrEqual(report.maxBindingBytes);
  expect(planMemory({ report }, { ...demand, training: null }, 4 * GIB)!.microBatch).toBe(8);
});

test('a refusal says what is too large: the photo for the budget, or a tensor for a binding, by name', () => {
  const refusal = (report: AdapterReport, size: number, budget: number, training: StepSpec['training'] = ALL) => {
    const demand: StepSpec = { arch: 'resnet50', classes: 5, rows: 64, size, training };
    expect(planMemory({ report }, demand, budget)).toBeNull();
    return outOfMemory({ report }, demand, budget).message;
  };
  const large = TIERS['2 GiB - 4'];
  expect(refusal(large, 224, 100 * MIB)).toMatch(
    /^One photo at 224 px does not fit in 100 MiB of GPU memory: a resnet50 takes [4-6]\d\d MiB$/,
  );
  expect(refusal(large, 224, 100 * MIB, null)).toMatch(/takes 1\d\d MiB$/);
  expect(refusal(TIERS['128 MiB'], 2800, 100 * GIB)).toBe(
    'One photo at 2800 px does not go through a resnet50 on this GPU: A tensor of shape [1, 1400, 1400, 64] takes 479 MiB; this GPU binds at most 128 MiB at once',
  );
  expect(refusal(adapter(8 * MIB, 256 * MIB), 224, GIB)).toContain(
    'layer4.0.conv2.weight of shape [3, 3, 512, 512] takes 9 MiB; this GPU binds at most 8 MiB at once',
  );
});
