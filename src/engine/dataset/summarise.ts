/** What the page is told of a data set: counts, the first warnings, and whether a run can start. */
import type { Dataset, DatasetSummary, Sample } from './types';

const WARNINGS_SHOWN = 200;

export function summarise(dataset: Dataset): DatasetSummary {
  const { name, format, classes, train, validation, test, warnings } = dataset;
  const trainCounts = countByClass(train, classes.length);
  const validationCounts = countByClass(validation, classes.length);
  const testCounts = countByClass(test, classes.length);
  const warningCounts: DatasetSummary['warningCounts'] = {};
  for (const { kind } of warnings) warningCounts[kind] = (warningCounts[kind] ?? 0) + 1;
  const refusal = refusalOf(train.length, validation.length, trainCounts);
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
    warnings: warnings.slice(0, WARNINGS_SHOWN),
    warningCounts,
    ...(refusal !== undefined && { refusal }),
  };
}

function refusalOf(train: number, validation: number, trainCounts: readonly number[]): string | undefined {
  if (train === 0) return 'There are no training photos.';
  if (validation === 0) return 'There are no validation photos.';
  if (trainCounts.filter((count) => count > 0).length < 2)
    return 'All training photos are of one class; there is nothing to tell apart.';
  return undefined;
}

function countByClass(samples: readonly Sample[], classes: number): number[] {
  const counts = Array<number>(classes).fill(0);
  for (const { label } of samples) counts[label]!++;
  return counts;
}
