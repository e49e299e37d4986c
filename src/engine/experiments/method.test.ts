import { expect, test } from 'vitest';
import { ARCHITECTURES } from '../models/meta';
import { stateSpecs } from '../models/registry';
import { OPTIMISERS, type OptimiserKind } from '../optim/meta';
import { RULES, type Rule } from '../optim/rules';
import { scheduleOf } from '../optim/schedule';
import { PRESET_CONFIGS } from './meta';
import { methodOf, tuneMethodOf } from './method';

test('a warm-up of epochs takes half a short run at most', () => {
  const config = { ...PRESET_CONFIGS.blog, schedule: 'cosine', warmUp: 5 } as const;
  expect(scheduleOf(methodOf(config, 50).schedule)(0.1).lr).toBe(1);
  expect(scheduleOf(methodOf(config, 50).schedule)(0.05).lr).toBeCloseTo(0.505, 12);
  expect(scheduleOf(methodOf(config, 4).schedule)(0.5).lr).toBe(1);
  expect(scheduleOf(methodOf(config, 4).schedule)(0.25).lr).toBeCloseTo(0.505, 12);
});

test('the best epoch is chosen by what the settings say, in fine-tuning, too', () => {
  const config = { ...PRESET_CONFIGS.blog, selectBy: 'macroF1' } as const;
  expect([methodOf(config, 1).selectBy, tuneMethodOf(config, 1).selectBy]).toEqual(['macroF1', 'macroF1']);
});

test('the paper’s step decay falls at every quarter of training, and at half of fine-tuning', () => {
  const { paper } = PRESET_CONFIGS;
  const ratesOf = (method: typeof methodOf, lr: number, epochs: number) =>
    Array.from({ length: epochs }, (_, done) => lr * scheduleOf(method(paper, epochs).schedule)(done / epochs).lr);
  const tuning = ratesOf(tuneMethodOf, paper.tuneLr, paper.tuneEpochs);
  [1e-3, 1e-3, 1e-3, 1e-3, 1e-4, 1e-4, 1e-4, 1e-4].forEach((lr, i) => expect(tuning[i]).toBeCloseTo(lr, 12));
  expect(tuning).toHaveLength(8);
  const training = ratesOf(methodOf, paper.lr, paper.epochs);
  [0.025, 0.0025, 0.00025, 0.000025].forEach((lr, i) => {
    for (const done of [5 * i, 5 * i + 4]) expect(training[done]).toBeCloseTo(lr, 12);
  });
});

test.each(ARCHITECTURES)('without decay of norms and biases, filters and matrices of %s decay alone', (arch) => {
  const { grouping } = methodOf({ ...PRESET_CONFIGS.blog, decayAll: false }, 1, arch);
  const parameters = stateSpecs(arch, 5).filter(
    ({ role }) => !['runningMean', 'runningVariance', 'batchesTracked'].includes(role),
  );
  for (const { key, role } of parameters) {
    expect([key, grouping!(key)]).toEqual([key, { lr: 1, weightDecay: Number(role === 'conv' || role === 'linear') }]);
  }
  expect(methodOf(PRESET_CONFIGS.blog, 1).grouping).toBeUndefined();
});

test('every optimiser of the settings steps by a rule of its own, and the setting for momentum is SGD’s alone', () => {
  const chosen = OPTIMISERS.map(({ value }) =>
    methodOf({ ...PRESET_CONFIGS.blog, optimizer: value, momentum: 0.5 }, 1),
  );
  expect(chosen.map(({ optimiser }) => optimiser)).toEqual([
    { kind: 'adamw' },
    { kind: 'sgd', momentum: 0.5 },
    { kind: 'lion' },
  ]);
  expect(new Set(chosen.map(({ optimiser }) => RULES[optimiser.kind])).size).toBe(OPTIMISERS.length);
  const { lion: _, ...others } = RULES;
  // @ts-expect-error A table without a rule for one of them does not compile.
  const incomplete: Record<OptimiserKind, Rule> = others;
  expect(incomplete).not.toHaveProperty('lion');
});
