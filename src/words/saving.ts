/** What is said of a project's being kept. */
import { epochsOf, RUN_META } from '../engine/experiments/meta';
import type { RunState } from '../protocol/messages';
import type { KeptProject, LosablePart, ProjectContents, UnfinishedRun } from '../protocol/projects';
import { formatAccuracy, formatBytes, formatDuration, formatNoun } from './format';

/** What a kept project is made of, how far it is. `now`: ms since 1970; `state`: of this tab's run. */
export function keptSentence({ contents, bytes, openIn }: KeptProject, now: number, state: RunState = 'idle'): string {
  if (!contents)
    return `It cannot be opened: what says what it is made of is damaged, or of another version of the studio. Weights and records beside that may be whole, and can be saved. ${formatBytes(bytes)}.`;
  const { running, ended, queued, savedAt } = contents;
  const behind = queued > 0 ? `${formatNoun(queued, 'run is', 'runs are')} queued behind it. ` : '';
  const ago = `${behind}Saved ${formatAgo(now - Date.parse(savedAt))}, ${formatBytes(bytes)}.`;
  const has = scoresWords(contents);
  if (running) return `${has === null ? '' : `${has}. `}${unfinishedSentence(running, openIn, state)} ${ago}`;
  const done = [...new Set(ended)].map((run) => RUN_META[run].label);
  if (has === null && done.length === 0) return `Nothing has ended yet. ${ago}`;
  return `${has ?? new Intl.ListFormat('en').format(done)}: results and weights as they were. ${ago}`;
}

/** Nobody knows here whether another tab has gone on with it. */
function unfinishedSentence(run: UnfinishedRun, openIn: KeptProject['openIn'], state: RunState): string {
  const { label } = RUN_META[run.run];
  if (openIn === 'elsewhere') return `${label} has not ended.`;
  if (openIn !== 'here' || state === 'idle') return interruptedSentence(run);
  return `${label} is ${state === 'paused' ? 'paused' : 'running'}.`;
}

/** "Baseline 81 %, fine-tuned 84 %"; null where neither was measured. */
function scoresWords({ scores: { baseline, finetune } }: ProjectContents): string | null {
  const said = [
    baseline && `Baseline ${formatAccuracy(baseline.accuracy, baseline.count)}`,
    finetune && `fine-tuned ${formatAccuracy(finetune.accuracy, finetune.count)}`,
  ].filter(Boolean);
  return said.length > 0 ? said.join(', ') : null;
}

export function interruptedSentence({ run, config, epoch, trained, measured }: UnfinishedRun): string {
  const { label } = RUN_META[run];
  if (epoch > 0) {
    const training = trained > 0 ? ` of its training ${trained + 1}` : '';
    return `${label} was interrupted and goes on in epoch ${epoch} of ${epochsOf(run, config)}${training}, where it was saved last.`;
  }
  return measured
    ? `${label} was interrupted and goes on with what it has measured.`
    : `${label} was interrupted and begins again; what ended before it is there.`;
}

/** A kept project whose photos are open, changed since. */
export const CHANGED_HERE =
  'Its photos are open in this tab, changed since; their next run takes the place of what is kept.';

/** What of a project that cannot be opened is broken, by file. */
export const brokenWords = (files: readonly string[]): string => `Broken: ${files.join(', ')}.`;

export const damagedSentence = (files: readonly string[]): string =>
  `Of what was saved last some was damaged (${files.join(', ')}): what was saved before it is used.`;

/** What is lost, and how to have it again. */
const LOSSES: Readonly<Record<LosablePart, { name: string; again: string }>> = {
  imported: { name: 'the weights that were opened', again: 'open their file again' },
  baseline: {
    name: 'the baseline’s weights',
    again: 'train the baseline again, or open the file if you downloaded one',
  },
  finetune: { name: 'the fine-tuned weights', again: 'fine-tune again, or open the file if you downloaded one' },
  evaluations: { name: 'the predictions for single photos', again: 'measure the test sizes again' },
};

/** Of a project that was opened all the same. `whole`: weights that are there; `files`: what was found broken. */
export function lostSentence(
  lost: readonly LosablePart[],
  whole: readonly Exclude<LosablePart, 'evaluations'>[],
  files: readonly string[],
): string {
  const list = new Intl.ListFormat('en');
  const names = list.format(lost.map((part) => LOSSES[part].name));
  const where = files.length > 0 ? ` (${files.join(', ')})` : '';
  const rest = list.format([...whole.map((part) => LOSSES[part].name), 'all results and settings']);
  const again = lost.map((part) => LOSSES[part].again).join('; ');
  const meanwhile =
    lost.includes('baseline') && whole.includes('imported')
      ? ' Until then the next steps work on the weights that were opened.'
      : '';
  return `Damaged on the disk and lost: ${names}${where}. Whole: ${rest}. To have again what is lost, ${again}.${meanwhile}`;
}

/**
 * `copies`: smaller copies of photos that the host keeps, which can be deleted; and so can `others`, projects that nobody
 * works on.
 */
export function notSavedSentence(
  reason: string,
  copies: { count: number; bytes: number } | null,
  others: readonly Pick<KeptProject, 'name' | 'bytes'>[],
): string {
  const sizes = others.map(({ name, bytes }) => `${name} (${formatBytes(bytes)})`);
  const frees = [
    copies && copies.count > 0
      ? `${formatNoun(copies.count, 'smaller copy of a photo takes', 'smaller copies of photos take')} ${formatBytes(copies.bytes)}, and can be deleted beside the photos.`
      : '',
    sizes.length > 0
      ? `Other projects that can be deleted, under Projects: ${new Intl.ListFormat('en').format(sizes)}.`
      : '',
  ].filter(Boolean);
  const free = frees.length > 0 ? `Free some storage: ${frees.join(' ')}` : 'Free some storage, or allow it.';
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
    ? 'The browser keeps them until you delete them.'
    : 'The browser may delete them when the disk is short on space; download what you want to keep.';
}

/** Where the photos of a kept project could not be opened. */
export const wantedSentence = (name: string): string =>
  `${name} is kept as it was, with its results and weights. The folder that you choose or drop now is compared with its photos, and opens it if they are the same.`;

type HowFar = Pick<UnfinishedRun, 'epoch' | 'trained' | 'measured'>;

/** A kept project's photos, which were changed after it was kept. */
export const LATER_CHANGES =
  'These are the photos as the project was made of them. They were changed after that; the changes are kept until others take their place.';

/** Photos whose project another tab works on. */
export const TWICE_OPEN =
  'The project of these photos is open in another tab, where it goes on. What is trained here is kept as another project.';

/** A run goes on elsewhere than it was saved. `by`: the browser or program that saved it, where that is another. */
export const movedSentence = (by: string | null): string =>
  `The run was saved ${by === null ? 'on another GPU, or with another driver' : `by ${by}`}. It goes on from the same state to the bit; what is computed from here on may round otherwise than there.`;

export function goingOnSentence({ epoch, trained, measured }: HowFar): string {
  if (epoch > 0) return `The run goes on in epoch ${epoch}${trained > 0 ? ` of its training ${trained + 1}` : ''}.`;
  return measured ? 'The run goes on with what it has measured.' : 'The run begins again.';
}
