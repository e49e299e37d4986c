/** What is said of a project's being kept. */
import { epochsOf, RUN_META } from '../engine/experiments/meta';
import type { KeptProject } from '../protocol/messages';
import { formatBytes, formatDuration, formatNoun } from './format';

/** What an earlier visit has left: what it is made of, how far it is. `now`: ms since 1970. */
export function keptSentence({ running, ended, queued, bytes }: KeptProject, savedAt: number, now: number): string {
  const behind = queued > 0 ? `${formatNoun(queued, 'run is', 'runs are')} queued behind it. ` : '';
  const ago = `${behind}Saved ${formatDuration(Math.max(0, now - savedAt) / 1000)} ago, ${formatBytes(bytes)}.`;
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

/** `copies`: smaller copies of photos that the host keeps, which can be deleted. */
export function notSavedSentence(reason: string, copies: { count: number; bytes: number } | null): string {
  const free =
    copies && copies.count > 0
      ? `Free some storage: ${formatNoun(copies.count, 'smaller copy', 'smaller copies')} of photos take ${formatBytes(copies.bytes)}, and can be deleted beside the photos.`
      : 'Free some storage, or allow it.';
  return `What is trained is not being saved (${reason}). Training goes on, and files can be downloaded; but what is not downloaded is lost when this is closed. ${free}`;
}

/** Why a host does not keep what it is given, in a few words. */
export function storageReason(error: unknown): string {
  const { name, message } = error instanceof Error ? error : { name: '', message: String(error) };
  if (name === 'QuotaExceededError') return 'there is no more room for it';
  if (name === 'SecurityError' || name === 'NotAllowedError') return 'the browser refuses storage to this page';
  return message;
}

/** Beside a run that goes on. `saved`: ms since 1970; null before the first time. */
export const savedWords = (saved: number | null, now: number): string | null =>
  saved === null ? null : `saved ${formatAgo(now - saved)}`;

const formatAgo = (ms: number): string =>
  ms < 60_000 ? 'just now' : `${formatDuration(60 * Math.floor(ms / 60_000))} ago`;

/** `persisted`: whether the browser has promised to; null where nobody has asked. */
export function lastingWords(persisted: boolean | null): string | null {
  if (persisted === null) return null;
  return persisted
    ? 'The browser keeps it until you delete it.'
    : 'The browser may delete it when the disk is short on space; download what you want to keep.';
}

type HowFar = Pick<NonNullable<KeptProject['running']>, 'epoch' | 'trained' | 'measured'>;

export function goingOnSentence({ epoch, trained, measured }: HowFar): string {
  if (epoch > 0) return `The run goes on in epoch ${epoch}${trained > 0 ? ` of its training ${trained + 1}` : ''}.`;
  return measured ? 'The run goes on with what it has measured.' : 'The run begins again.';
}
