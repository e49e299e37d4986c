import process from 'node:process';
import type { Studio } from '../client/studio';
import { earlyStopSentence } from '../words/earlyStop';
import { experimentFinding } from '../words/experimentFinding';
import { trainingLog } from '../words/log';
import { rateFinding } from '../engine/analysis/learningRate';
import { EXPERIMENTS, epochsOf, type RunId } from '../engine/experiments/meta';
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
  let linesTold = 0;
  let warningsTold = (await studioPage.studio.evaluate(readStatus, run)).warnings.length;
  let rowsTold = 0;
  const tell = async () => {
    const now = await studioPage.studio.evaluate(readStatus, run);
    const log = now.training ? trainingLog(now.training) : [];
    for (const line of log.slice(linesTold)) {
      status.clear();
      console.log(line);
    }
    linesTold = log.length;
    for (const row of now.rows.slice(rowsTold)) {
      status.clear();
      console.log(rowLine(row));
    }
    rowsTold = now.rows.length;
    for (const warning of now.warnings.slice(warningsTold)) {
      status.clear();
      console.log(`warning: ${warning}`);
    }
    warningsTold = now.warnings.length;
    if (now.progress?.run === run) status.show(progressLine(now.progress, now.loss));
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
  const { training, config } = last;
  const [planned, { patience }] = [epochsOf(run, config), config];
  const early = training?.ended === 'done' && earlyStopSentence({ epochs: training.epochs, planned, patience });
  if (early) console.log(early);
  if (run === 'sweep' && last.points.length > 0) {
    console.log(sweepTable(last.points, last.reference).join('\n'));
    if (last.recommendation) console.log(last.recommendation.sentence);
  }
  const experiment = EXPERIMENTS.find((id) => id === run);
  const finding = experiment && experimentFinding(experiment, last.rows);
  if (finding) console.log(finding);
  if (run === 'lrFinder' && last.search?.ended === 'done') {
    const { points, suggested, config } = last.search;
    console.log(rateFinding(points, { suggested, steps: config.lrFinderSteps }));
  }
  if (run === 'evaluate' && last.evaluation) {
    const { score, resize, crop } = last.evaluation;
    console.log(evaluationLine(score, resize, crop));
  }
}

/** False, after a while. */
const notYet = () => new Promise<false>((resolve) => setTimeout(() => resolve(false), POLL_MS));

/** The part of the state that the terminal shows. Runs in the page, so it stands on nothing outside of it. */
function readStatus(studio: Studio, run: RunId) {
  const state = studio.store.getState();
  const { progress, lrFinder, baseline, finetune, sweep, experiments, evaluation, config, warnings } = state;
  const training = run === 'baseline' ? baseline : run === 'finetune' ? finetune : null;
  const withoutCurve = (point: NonNullable<typeof sweep>['points'][number]) => ({
    ...point,
    activations: { ...point.activations, cdf: [] },
  });
  return {
    progress,
    loss: (run === 'lrFinder' ? lrFinder?.points.at(-1)?.loss : training?.lastStep?.loss) ?? null,
    training: training && {
      run: run === 'finetune' ? ('finetune' as const) : ('baseline' as const),
      epochs: training.epochs.map(({ record }) => record),
      ended: training.ended,
      seconds: training.seconds,
    },
    config: training?.config ?? config,
    points: sweep?.points.map(withoutCurve) ?? [],
    recommendation: sweep?.recommendation ?? null,
    rows: (run in experiments ? experiments[run as keyof typeof experiments]?.rows : null) ?? [],
    search: lrFinder,
    reference: sweep?.reference ? withoutCurve(sweep.reference) : null,
    evaluation,
    warnings,
  };
}
