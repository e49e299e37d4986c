import { expect, test } from 'vitest';
import { nullBackend } from '../../../hosts/node/nullGpu';
import { finish, newContext } from '../../../testing/experimentRun';
import { PATTERN_CLASSES } from '../../../testing/patterns';
import { experimentFinding, parseStudioConfig, type StudioConfig } from '../meta';
import { plannedPhases } from '../plan';

const backend = await nullBackend();
const { procedure } = await import('./run');
const { stateSpecs } = await import('../../models/registry');
const { initialHostState } = await import('../../nn/state');

const config: StudioConfig = {
  ...parseStudioConfig({ batchSize: 8, epochs: 1, tuneEpochs: 1, trainSizes: [32, 48], sweepSizes: [32, 64] }),
  arch: 'tiny10',
};
const state = initialHostState(stateSpecs(config.arch, PATTERN_CLASSES.length), config.seed);
const inputs = { config, size: 32, start: { state, opened: false }, weights: null } as const;
const rowsOf = async (given: StudioConfig) => {
  const all = {
    ...inputs,
    config: given,
    view: { kind: 'eval', resize: 0, crop: 32 } as const,
    onEvaluation: () => {},
  };
  const told = await finish(
    backend,
    procedure.records(all)(newContext(backend)) as AsyncGenerator<never, void, undefined>,
  );
  const rows = told.records.flatMap((one) => (one.kind === 'row' ? [one.row] : []));
  return { rows, phases: told.records.flatMap((one) => (one.kind === 'phase' ? [`${one.phase} ${one.size}`] : [])) };
};

test('each network is tested at each size, as it is and fine-tuned there, and the plan knows the work', async () => {
  const { rows, phases } = await rowsOf(config);
  expect(rows.map(({ name, trainSize, testSize }) => [name, trainSize, testSize])).toEqual(
    [32, 48].flatMap((trained) =>
      ['as trained', 'fine-tuned'].flatMap((name) => [32, 64].map((tested) => [name, trained, tested])),
    ),
  );
  expect(rows[1]!.testMacs! / rows[0]!.testMacs!).toBeCloseTo(4, 1);
  const counts = { classes: PATTERN_CLASSES.length, trainCount: 12, validationCount: 6, tuneSize: 32 };
  const planned = plannedPhases({ run: 'trainTest', config, arch: 'tiny10', ...counts });
  expect(planned.map(({ phase, size }) => `${phase} ${size}`).sort()).toEqual(phases.sort());
});

test('without fine-tuning the table alone is filled', async () => {
  const { rows } = await rowsOf({ ...config, tuneEach: false });
  expect(rows.map(({ name }) => name)).toEqual(Array.from({ length: 4 }, () => 'as trained'));
});

test('the best pair is named, and what fine-tuning adds', () => {
  const row = (name: string, trainSize: number, testSize: number, correct: number) => ({
    name,
    views: null,
    trainSize,
    testSize,
    score: { loss: 1, accuracy: correct / 100, correct, count: 100 },
    changed: null,
    epochs: 1,
    note: null,
  });
  const plain = [row('as trained', 128, 128, 60), row('as trained', 128, 160, 66)];
  expect(experimentFinding('trainTest', plain)).toBe(
    'Most accurate of 2 pairs is trained at 128 px and tested at 160 px: 66.0 %, +6.0 points against testing at the size trained at.',
  );
  expect(experimentFinding('trainTest', [...plain, row('fine-tuned', 128, 160, 70)])).toContain(
    'Fine-tuned: trained at 128 px and tested at 160 px, 70.0 %, +4.0 points against the pair as trained, within the noise.',
  );
  const third = row('as trained', 160, 160, 66);
  expect(experimentFinding('trainTest', [...plain, third])).toMatch(/ 1 other pair is as accurate\.$/);
  expect(experimentFinding('trainTest', [plain[1]!, third])).toBe('All 2 pairs are equally accurate: 66.0 %.');
});
