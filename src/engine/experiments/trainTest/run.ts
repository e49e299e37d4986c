/** Networks trained at several sizes, each tested at several sizes as it is and fine-tuned there (paper, tables 5 and 7). */
import type { RunRecord } from '../../base/records';
import { forwardMacs, trainingMacs } from '../../models/cost';
import { trainableOf } from '../../models/parts';
import { epochsFromStart } from '../baseline/meta';
import type { ExperimentContext } from '../context';
import { eachOf, evaluateViews, measurementName, referenceRow } from '../evaluations';
import type { StudioConfig } from '../meta';
import { baselineTrainable } from '../planning';
import { type Procedure, startOf, type StartingPoint } from '../procedure';
import { weightsAt } from '../trainAt';
import { tunedRow, tunePart, tuningOptions } from '../tunePart';
import { testViewAt } from '../views';
import { AS_TRAINED, FINE_TUNED } from './meta';

/** What FixRes tunes. */
const PART = 'statistics';
const TUNING = { part: PART, views: 'train' } as const;

/** All start from the same weights; the epoch that is kept is chosen at the size trained at. */
async function* trainTest(
  context: ExperimentContext,
  config: StudioConfig,
  { state }: StartingPoint,
): AsyncGenerator<RunRecord, void, undefined> {
  const { batchSize, arch, sweepSizes } = config;
  const { dataset } = context;
  const classes = dataset.classes.length;
  const initial = await state;
  const { isTrainable } = baselineTrainable(arch, config);
  for (const trainSize of config.trainSizes) {
    const view = testViewAt(config, trainSize);
    const name = `the network trained at ${trainSize} px`;
    const views = sweepSizes.map((size) => testViewAt(config, size));
    const tunings = config.tuneEach ? sweepSizes.map((size) => ({ ...TUNING, size, of: name })) : [];
    const cells = [
      ...views.map((one) => measurementName(name, one)),
      ...tunings.map((tuning) => tuningOptions(config, arch, tuning).name),
    ];
    const weights = yield* weightsAt(context, config, { size: trainSize, view, initial }, cells);
    const measured = yield* evaluateViews(context, weights, { batchSize, next: eachOf(views), name });
    for (const evaluation of measured) {
      const row = {
        ...referenceRow(AS_TRAINED, trainSize, evaluation),
        epochs: epochsFromStart(config),
        trainMacs: trainingMacs(arch, trainSize, classes, isTrainable),
        testMacs: forwardMacs(arch, evaluation.view.crop, classes),
      };
      yield { kind: 'row', row };
    }
    for (const [i, tuning] of tunings.entries()) {
      const tuned = yield* tunePart(context, config, weights, tuning);
      const row = {
        ...tunedRow(dataset, config, tuning, { tuned, before: measured[i]! }),
        name: FINE_TUNED,
        trainSize,
        testMacs: forwardMacs(arch, tuning.size, classes),
      };
      yield { kind: 'row', row };
    }
  }
}

export const procedure: Procedure = {
  phases: (planner) => {
    const { arch, config } = planner.spec;
    const { trainSizes, sweepSizes, tuneEach } = config;
    const tuned = tuneEach ? sweepSizes : [];
    return trainSizes.flatMap((size) => [
      ...planner.byRecipe({ size, testSize: size }),
      // The epochs have measured the size trained at.
      ...sweepSizes.filter((tested) => tested !== size).map((tested) => planner.evaluation(tested)),
      ...tuned.flatMap((tested) => planner.tuning(trainableOf(arch, PART), tested, { fixed: false })),
    ]);
  },
  step: (planner) => planner.stepByRecipe(Math.max(...planner.spec.config.trainSizes)),
  records: (inputs) => {
    const start = startOf(inputs);
    return (context) => trainTest(context, inputs.config, start);
  },
};
