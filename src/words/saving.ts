/** What is said of a project's being kept. */
import { epochsOf, RUN_META } from '../engine/experiments/meta';
import type { KeptProject } from '../protocol/messages';
import { formatDuration, formatNoun } from './format';

/** What an earlier visit has left: what it is made of, how far it is. `now`: ms since 1970. */
export function keptSentence({ running, ended, queued }: KeptProject, savedAt: number, now: number): string {
  const behind = queued > 0 ? `${formatNoun(queued, 'run is', 'runs are')} queued behind it. ` : '';
  const ago = `${behind}Saved ${formatDuration(Math.max(0, now - savedAt) / 1000)} ago.`;
  if (running) {
    const { run, config, epoch, trained, measured } = running;
    const label = RUN_META[run].label;
    if (epoch > 0) {
      const training = trained > 0 ? ` of its training ${trained + 1}` : '';
      return `${label} was interrupted in epoch ${epoch} of ${epochsOf(run, config)}${training} and goes on exactly there. ${ago}`;
    }
    return measured
      ? `${label} was interrupted and goes on with what it has measured. ${ago}`
      : `${label} was interrupted and begins again; what ended before it is there. ${ago}`;
  }
  const done = [...new Set(ended)].map((run) => RUN_META[run].label);
  return `${new Intl.ListFormat('en').format(done)}: results and weights as they were. ${ago}`;
}

export const damagedSentence = (files: readonly string[]): string =>
  `Of what was saved last some was damaged (${files.join(', ')}): what was saved before it is used.`;

export const notSavedSentence = (reason: string): string =>
  `What is trained is not being saved (${reason}). Training goes on, and files can be downloaded; but what is not downloaded is lost when this is closed. Free some storage, or allow it.`;

type HowFar = Pick<NonNullable<KeptProject['running']>, 'epoch' | 'trained' | 'measured'>;

export function goingOnSentence({ epoch, trained, measured }: HowFar): string {
  if (epoch > 0) return `The run goes on in epoch ${epoch}${trained > 0 ? ` of its training ${trained + 1}` : ''}.`;
  return measured ? 'The run goes on with what it has measured.' : 'The run begins again.';
}

/** `reason`: of the loss, a sentence. */
export const lostSentence = (reason: string): string =>
  `${reason.replace(/\.?$/, '.')} Another one is asked for, and the run goes on from where it was saved.`;
