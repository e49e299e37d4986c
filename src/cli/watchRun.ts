import { earlyStopSentence } from '../words/earlyStop';
import { type LoggedTraining, trainingLog } from '../words/log';
import type { RunResult } from '../protocol/results';
import { rateFinding } from '../engine/analysis/learningRate';
import { EXPERIMENTS, epochsOf, experimentFinding, type RunId, STEPS } from '../engine/experiments/meta';
import { bestPoint } from '../engine/analysis/sizeChoice';
import { copiesSentence } from '../words/splitTroubles';
import { leaderName } from '../words/sizeVerdict';
import { verdictOf } from '../words/verdict';
import { heldOutFact, type Verdict } from '../words/verdictParts';
import type { Engine, RunStatus } from './engine';
import { evaluationLine, progressLine, rowLine, splitLine, sweepTable } from './report';
import { StatusLine } from './statusLine';

const POLL_MS = 1000;
/**
 * Resolves when the run, which `begin` starts or goes on with, is done, was stopped, or is `left` as it stands.
 * @throws StudioError as the run fails.
 */
export async function watchRun(
  engine: Engine,
  run: RunId,
  begin = () => engine.start(run),
  left: Promise<void> = new Promise(() => undefined),
): Promise<void> {
  const status = new StatusLine();
  const before = await engine.status(run);
  let [linesTold, rowsTold, warningsTold] = [0, 0, before.warnings.length];
  let copiesTold = false;
  let splitTold = before.dataset && splitLine(before.dataset);
  const tell = async () => {
    const now = await engine.status(run);
    const { result, progress, warnings, splitCopies, dataset } = now;
    // Until the run has started, the last one's result is there.
    if (!result || result.id === before.result?.id) return now;
    const line = (text: string) => {
      status.clear();
      console.log(text);
    };
    // Photos are held out as a run begins.
    const split = dataset && splitLine(dataset);
    if (split !== null && split !== splitTold) line(split);
    splitTold = split;
    const log = run === 'baseline' || run === 'finetune' ? trainingLog(loggedOf(run, result)) : [];
    for (const text of log.slice(linesTold)) line(text);
    linesTold = log.length;
    for (const row of result.rows.slice(rowsTold)) line(rowLine(row));
    rowsTold = result.rows.length;
    for (const warning of warnings.slice(warningsTold)) line(`warning: ${warning}`);
    warningsTold = warnings.length;
    const copies = copiesTold ? null : copiesSentence(splitCopies);
    if (copies !== null) line(`warning: ${copies}`);
    copiesTold ||= copies !== null;
    const loss = result.rates.at(-1)?.loss ?? result.lastStep?.loss ?? null;
    if (progress?.run === run) status.show(progressLine(progress, loss));
    return now;
  };

  const running = begin();
  const ended = running.then(
    () => true,
    () => true,
  );
  const isLeft = left.then(() => true);
  while (!(await Promise.race([ended, isLeft, notYet()]))) await Promise.race([tell(), engine.died]);
  // Told before a failure is thrown: the epochs before it count.
  const last = await Promise.race([tell(), engine.died]);
  status.clear();
  if (await Promise.race([ended.then(() => false), isLeft])) return;
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
function outcomeLines(run: RunId, { result, steps, dataset }: RunStatus): string[] {
  if (!result || !dataset) return [];
  const { config, epochs, points, reference, rows, rates, evaluation, heldOut, ended } = result;
  const records = epochs.map(({ record }) => record);
  const early =
    ended === 'done' &&
    earlyStopSentence({ epochs: records, planned: epochsOf(run, config), patience: config.patience });
  const leader = bestPoint(points, config.selectBy);
  const name = leaderName(result, dataset.classes);
  const step = STEPS.find((id) => id === run);
  const { sentence, facts }: Pick<Verdict, 'sentence' | 'facts'> = step
    ? verdictOf(step, steps, dataset)
    : { sentence: '', facts: [] };
  const held = heldOut ? heldOutFact(heldOut) : '';
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
    facts.includes(held) ? '' : held,
  ].filter(Boolean);
}

/** False, after a while. */
const notYet = () => new Promise<false>((resolve) => setTimeout(() => resolve(false), POLL_MS));
