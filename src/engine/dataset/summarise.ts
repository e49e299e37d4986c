/** What the page is told of a data set: counts, the first warnings, and whether a run can start. */
import type { Dataset, DatasetSummary, Sample } from './types';

const WARNINGS_SHOWN = 200;

export function summarise(dataset: Dataset): DatasetSummary {
  const {
    name,
    format,
    classes,
    train,
    validation,
    test,
    warnings,
    choices,
    settings,
    edits,
    groupsAcross,
    unused,
    refusal,
  } = dataset;
  const trainCounts = countByClass(train, classes.length);
  const validationCounts = countByClass(validation, classes.length);
  const testCounts = countByClass(test, classes.length);
  const warningCounts: DatasetSummary['warningCounts'] = {};
  for (const { code } of warnings) warningCounts[code] = (warningCounts[code] ?? 0) + 1;
  return {
    name,
    format,
    classes: classes.map((name, i) => ({
      name,
      train: trainCounts[i]!,
      validation: validationCounts[i]!,
      test: testCounts[i]!,
    })),
    trainCount: train.length,
    validationCount: validation.length,
    testCount: test.length,
    unusedCount: unused,
    warnings: warnings.slice(0, WARNINGS_SHOWN),
    warningCounts,
    choices,
    settings,
    ...(edits && { edits }),
    ...(groupsAcross && { groupsAcross }),
    ...(refusal && { refusal }),
  };
}

/** Whether it is refused for want of an answer. */
export const isQuestion = ({ choices }: Pick<Dataset, 'choices'>): boolean =>
  choices.some(({ chosen }) => chosen === null);

function countByClass(samples: readonly Sample[], classes: number): number[] {
  const counts = Array<number>(classes).fill(0);
  for (const { label } of samples) counts[label]!++;
  return counts;
}
