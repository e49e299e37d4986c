import process from 'node:process';
import type { Studio } from '../client/studio';
import { earlyStopSentence } from '../words/earlyStop';
import { type LoggedTraining, trainingLog } from '../words/log';
import type { RunResult } from '../protocol/results';
import { rateFinding } from '../engine/analysis/learningRate';
import { EXPERIMENTS, epochsOf, experimentFinding, type RunId, STEPS } from '../engine/experiments/meta';
import { mostAccurate } from '../engine/analysis/sizeChoice';
import { leaderName, verdictOf } from '../words/verdict';
import { evaluationLine, progressLine, rowLine, sweepTable } from './report';
import { attempt, type StudioPage } from './studioPage';

const POLL_MS = 1000;
/** Where lines cannot be rewritten (a log file) progress is told this often. */
const SPARSE_MS = 30_000;

/** One line that is written over and over on a terminal, and now and then elsewhere. */
export class StatusLine {
  private shownAt = Date.now();

  show(text: string): void {
    if (process.stdout.isTTY) process.stdout.write(`\r\x1b[2K${text.slice(0, process.stdout.columns - 1)}`);
    else if (Date.now() - this.shownAt >= SPARSE_MS) {
      this.shownAt = Date.now();
      console.log(text);
    }
  }

  /** Makes room for a line that stays. */
  clear(): void {
    if (process.stdout.isTTY) process.stdout.write('\r\x1b[2K');
  }
}

/**
 * Resolves when the run is done or was stopped.
 * @throws StudioError as the run fails.
 */
export async function watchRun(studioPage: StudioPage, run: RunId): Promise<void> {
  const status = new StatusLine();
  const before = await studioPage.studio.evaluate(readStatus, run);
  let [linesTold, rowsTold, warningsTold] = [0, 0, before.warnings.length];
  const tell = async () => {
    const now = await studioPage.studio.evaluate(readStatus, run);
    const { result, progress, warnings } = now;
    // Until the run has started, the last one's result is there.
    if (!result || result.id === before.result?.id) return now;
    const line = (text: string) => {
      status.clear();
      console.log(text);
    };
    const log = run === 'baseline' || run === 'finetune' ? trainingLog(loggedOf(run, result)) : [];
    for (const text of log.slice(linesTold)) line(text);
    linesTold = log.length;
    for (const row of result.rows.slice(rowsTold)) line(rowLine(row));
    rowsTold = result.rows.length;
    for (const warning of warnings.slice(warningsTold)) line(`warning: ${warning}`);
    warningsTold = warnings.length;
    const loss = result.rates.at(-1)?.loss ?? result.lastStep?.loss ?? null;
    if (progress?.run === run) status.show(progressLine(progress, loss));
    return now;
  };

  const running = attempt(
    studioPage,
    studioPage.studio.evaluate((s, id) => s.start(id), run),
  );
  const ended = running.then(
    () => true,
    () => true,
  );
  while (!(await Promise.race([ended, notYet()]))) await Promise.race([tell(), studioPage.died]);
  // Told before a failure is thrown: the epochs before it count.
  const last = await Promise.race([tell(), studioPage.died]);
  status.clear();
  await running;
  for (const line of outcomeLines(run, last)) console.log(line);
}

const loggedOf = (run: LoggedTraining['run'], { epochs, ended, seconds }: RunResult): LoggedTraining => ({
  run,
  epochs: epochs.map(({ record }) => record),
  ended,
  seconds,
});

/** What a run that has ended has come to. */
function outcomeLines(run: RunId, { result, steps, dataset }: ReturnType<typeof readStatus>): string[] {
  if (!result || !dataset) return [];
  const { config, epochs, points, reference, rows, rates, evaluation, ended } = result;
  const records = epochs.map(({ record }) => record);
  const early =
    ended === 'done' &&
    earlyStopSentence({ epochs: records, planned: epochsOf(run, config), patience: config.patience });
  const leader = mostAccurate(points);
  const name = leaderName(result, dataset.classes);
  const step = STEPS.find((id) => id === run);
  const { sentence, facts } = step ? verdictOf(step, steps, dataset) : { sentence: '', facts: [] };
  const experiment = EXPERIMENTS.find((id) => id === run);
  return [
    early || '',
    ...(run === 'sweep' && points.length > 0
      ? sweepTable(points, { reference, leader: leader && name ? { size: leader.size, name } : null })
      : []),
    run === 'sweep' ? (result.recommendation?.sentence ?? '') : '',
    sentence,
    ...facts,
    (experiment && experimentFinding(experiment, rows)) || '',
    run === 'lrFinder' && ended === 'done'
      ? rateFinding(rates, { suggested: result.suggestedRates, steps: config.lrFinderSteps })
      : '',
    evaluation ? evaluationLine(evaluation.score, evaluation.view) : '',
  ].filter(Boolean);
}

/** False, after a while. */
const notYet = () => new Promise<false>((resolve) => setTimeout(() => resolve(false), POLL_MS));

/** The part of the state that the terminal shows. Runs in the page, so it must be self-contained. */
function readStatus(studio: Studio, run: RunId) {
  const { progress, baseline, sweep, finetune, lrFinder, evaluate, experiments, dataset, warnings } =
    studio.store.getState();
  const others = run in experiments ? (experiments[run as keyof typeof experiments] ?? null) : null;
  const result = { baseline, sweep, finetune, lrFinder, evaluate }[run as 'baseline'] ?? others;
  /** Curves are for charts: they would cross to the terminal every second. */
  const light = <R extends typeof result>(one: R): R => {
    if (!one) return one;
    const bare = <P extends { activations: { cdf: unknown } }>(point: P) => ({
      ...point,
      activations: { ...point.activations, cdf: [] },
    });
    const { series } = one;
    return {
      ...one,
      series: { ...series, points: [] },
      points: one.points.map(bare),
      reference: one.reference && bare(one.reference),
      shift: null,
      partialActivations: null,
    };
  };
  const steps = { baseline: light(baseline), sweep: light(sweep), finetune: light(finetune) };
  return { progress, result: light(result), steps, dataset, warnings };
}
