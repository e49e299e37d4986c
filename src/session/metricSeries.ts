/** The course of the runs for other people's tools: a CSV with a `step` column, and TensorBoard's event files. */
import type { RunId } from '../engine/experiments/meta';
import { RUNS } from '../engine/experiments/meta';
import type { ExportedFile } from '../engine/exports/model';
import { type ScalarEvent, writeEvents } from '../engine/io/tfevents';
import type { Results, RunResult } from '../protocol/results';

/** A run's lines: an epoch each, then a test resolution each. */
interface Series {
  run: RunId;
  events: readonly ScalarEvent[];
}

/** TensorBoard shows a folder as a run. Epochs are steps; of a sweep the test resolution is. */
export function eventFiles(results: Results): ExportedFile[] {
  return seriesOf(results).map(({ run, events }) => ({
    path: `tensorboard/${run}/events.out.tfevents.${Math.floor(events[0]!.wallTime)}.fixres-studio`,
    blob: writeEvents(events),
  }));
}

/**
 * `step` counts the lines of all runs, as trackio and W&B want it; every other column is a number of one run, empty where
 * the line is another's.
 */
export function metricsCsv(results: Results): string {
  const lines = seriesOf(results).flatMap(({ run, events }) =>
    events.map(({ wallTime, step, values }) => ({
      timestamp: new Date(wallTime * 1000).toISOString(),
      values: new Map([
        [`${run}/step`, step],
        ...Object.entries(values).map(([tag, value]) => [`${run}/${tag}`, value] as const),
      ]),
    })),
  );
  const columns = [...new Set(lines.flatMap(({ values }) => [...values.keys()]))];
  const rows = lines.map(({ timestamp, values }, i) =>
    [i, timestamp, ...columns.map((column) => values.get(column) ?? '')].join(','),
  );
  return `${[['step', 'timestamp', ...columns].join(','), ...rows].join('\n')}\n`;
}

function seriesOf(results: Results): Series[] {
  return RUNS.flatMap((run) => {
    const result = results[run];
    const events = result ? eventsOf(result) : [];
    return events.length > 0 ? [{ run, events }] : [];
  });
}

function eventsOf({ startedAt, epochs, points }: RunResult): ScalarEvent[] {
  let wallTime = Date.parse(startedAt) / 1000;
  const trained = epochs.map(({ record }): ScalarEvent => {
    const { epoch, train, validation, seconds, imagesPerSecond } = record;
    wallTime += seconds;
    const values = {
      'loss/train': train.loss,
      'loss/validation': validation.loss,
      'accuracy/train': train.accuracy,
      'accuracy/validation': validation.accuracy,
      'speed/images_per_second': imagesPerSecond,
    };
    return { wallTime, step: epoch, values };
  });
  const tested = points.map(({ size, loss, accuracy, seconds }): ScalarEvent => {
    wallTime += seconds;
    return { wallTime, step: size, values: { 'loss/by_size': loss, 'accuracy/by_size': accuracy } };
  });
  return [...trained, ...tested];
}
