/** The sentence above each chart: what it means now, computed from the data. */
import { experimentFinding } from '../engine/experiments/meta';
import { spreadOf } from '../engine/analysis/activations';
import { rateFinding } from '../engine/analysis/learningRate';
import { testName } from '../engine/analysis/sizeChoice';
import type { DatasetSummary, Orientations } from '../engine/dataset/types';
import { chosenWeights } from './chosenWeights';
import { archLabel } from './recipe';
import { bestEpoch, leaderOf, stepVerdict } from './selectors';
import { baselineVerdict, judge } from '../words/trainingVerdict';
import { guessingWords } from '../words/verdictParts';
import {
  formatAccuracy,
  formatBytes,
  formatCount,
  formatLoss,
  formatNoun,
  formatPercent,
  formatPoints,
} from '../words/format';
import type { ActivationShift, Recommendation, Score, Selection } from '../engine/base/records';
import type { CopiesReport } from '../protocol/messages';
import type { SeenPhotos } from '../protocol/photos';
import type { RateSearch, StudioState, TrainingResult } from './state';

/** How many photos EXIF wants turned, and what is done about it. `photos`: in the whole folder. */
export function orientationSentence({ looked, turned }: Orientations, photos: number, respectExif: boolean): string {
  const within =
    looked < photos ? `of the ${formatCount(looked)} photos looked at` : `of ${formatCount(photos)} photos`;
  const found = `${formatCount(turned)} ${within} ${turned === 1 ? 'carries' : 'carry'} their camera’s note that they are to be turned`;
  return respectExif
    ? `${found}. They are turned upright, in training and testing alike.`
    : `${found}. They are taken as stored, as PyTorch does.`;
}

/** What is shown of a batch; null before the first has come. */
export function batchSentence(seen: SeenPhotos | null): string {
  if (!seen) return 'Photos that are being learned from appear here, as the network sees them.';
  const { photos, batchSize, trainSize } = seen;
  return `${formatCount(photos.length)} of its ${formatNoun(batchSize, 'photo')}, as the network sees them at ${trainSize} px.`;
}

/** What smaller copies of this shorter side take, and what is kept of them. */
export function copiesSentences(report: CopiesReport, side: number): string[] {
  const { losslessSide, estimate, stored, freeBytes } = report;
  const kept =
    stored.count > 0 ? `${formatNoun(stored.count, 'copy is', 'copies are')} kept (${formatBytes(stored.bytes)}).` : '';
  if (side === 0)
    return [`At ${losslessSide} px no view of these settings that resizes loses detail.`, kept].filter(Boolean);
  const detail =
    side < losslessSide
      ? `Views that would lose detail, which needs ${losslessSide} px, are made from the photos.`
      : 'No view of these settings loses detail.';
  if (!estimate) return ['No photo could be read.', kept].filter(Boolean);
  const room = freeBytes === null ? '' : ` of the ${formatBytes(freeBytes)} that the browser allows`;
  const size =
    estimate.photos === 0
      ? 'No photo is larger, so there is nothing to copy.'
      : `About ${formatBytes(estimate.bytes)}${room}, for ${formatNoun(estimate.photos, 'photo')}, made in the first epoch.`;
  return [size, detail, kept].filter(Boolean);
}

/** What a search for a learning rate has come to. */
export function rateSentence({ rates, suggestedRates, ended, config }: RateSearch): string {
  if (ended === 'running')
    return 'Each step takes a batch at a higher learning rate. A good one lies where the loss falls.';
  if (ended !== 'done') return 'The search has not come to its end: nothing is suggested.';
  return rateFinding(rates, { suggested: suggestedRates, steps: config.lrFinderSteps });
}

export function lossSentence(result: TrainingResult): string {
  const first = result.epochs[0]?.record;
  const last = result.epochs.at(-1)?.record;
  if (!first || !last) {
    const now = result.lastStep;
    return now
      ? `Training loss is ${formatLoss(now.loss)} at step ${now.globalStep}; validation follows each epoch.`
      : 'Waiting for the first step.';
  }
  const gap = last.validation.loss - last.train.loss;
  const side = gap >= 0 ? 'above' : 'below';
  const now = `validation loss is ${formatLoss(last.validation.loss)}, ${formatLoss(Math.abs(gap))} ${side} training`;
  if (first === last) return `After one epoch training loss is ${formatLoss(last.train.loss)}; ${now}.`;
  const verb = last.train.loss < first.train.loss ? 'fell' : 'rose';
  return `Training loss ${verb} from ${formatLoss(first.train.loss)} to ${formatLoss(last.train.loss)}; ${now}.`;
}

/** What the baseline comes to; before it has run, what it is for. */
export function baselineSentence(state: StudioState): string {
  const { baseline, dataset, imported } = state;
  if (baseline && dataset)
    return stepVerdict(state, 'baseline').sentence || 'Training: accuracy is measured after every epoch.';
  return imported && dataset
    ? `Train on from the weights ${imported.origin}, on random crops of your photos.`
    : 'Train the usual way, on random crops, and measure after every epoch.';
}

export function accuracySentence(result: TrainingResult, dataset: DatasetSummary | null): string {
  const best = bestEpoch(result);
  if (!best || !dataset)
    return 'Accuracy on the validation photos is measured after each epoch; until then, training batches alone.';
  const { sentence, facts } = baselineVerdict(result, dataset);
  const gap = `${formatPoints(best.validation.accuracy - best.train.accuracy, best.validation.count)} against training.`;
  return [sentence, gap, ...facts].join(' ');
}

export function sweepSentence(state: StudioState): string {
  if (!state.sweep || !leaderOf(state.sweep)) return 'Each size appears here as soon as it has been measured.';
  const { sentence, facts } = stepVerdict(state, 'sweep');
  const { recommendation, config } = state.sweep;
  const advice = recommendation ? adviceOf(recommendation, config.selectBy) : '';
  return [sentence, advice, ...facts.slice(0, 1)].filter(Boolean).join(' ');
}

function adviceOf({ best, recommended, saved }: Recommendation, by: Selection): string {
  if (best === recommended) return '';
  return `${recommended} px cannot be told from ${best} px on these photos (${testName(by)} at 5 %) and costs ${Math.round(100 * saved)} % less.`;
}

/** Which class gains and which loses most between the size trained at, or the smallest, and the best. */
export function classSentence(state: StudioState): string {
  const points = state.sweep?.points ?? [];
  const best = leaderOf(state.sweep);
  const from = points.find(({ size }) => size === state.sweep?.config.trainSize) ?? points[0];
  if (!best || !from || best === from)
    return 'Classes differ in how large their signs are, and so in the size that suits them.';
  const changes = best.classes.flatMap((share, index) => {
    const before = from.classes[index];
    const name = state.dataset?.classes[index]?.name;
    return share === null || typeof before !== 'number' || !name ? [] : [{ name, change: share - before }];
  });
  const sorted = changes.sort((a, b) => b.change - a.change);
  const [most, least] = [sorted[0], sorted.at(-1)];
  if (!most || !least) return '';
  const changeOf = ({ change }: typeof most) => formatPoints(change, best.count);
  const told = (one: typeof most) => {
    const alike = changes.filter((other) => changeOf(other) === changeOf(one)).length;
    return alike > 1
      ? `${formatNoun(alike, 'class', 'classes')}, ${changeOf(one)} each`
      : `${one.name}, ${changeOf(one)}`;
  };
  const way = `From ${from.size} to ${best.size} px`;
  if (most.change <= 0 && least.change >= 0) return `${way} no class gains or loses.`;
  if (changes.every((one) => changeOf(one) === changeOf(most)))
    return `${way} every class changes by ${changeOf(most)}.`;
  if (most.change <= 0) return `${way} no class gains; the most is lost by ${told(least)}.`;
  return `${way} the most is gained by ${told(most)}; ${least.change < 0 ? 'the most is lost' : 'the least'} by ${told(least)}.`;
}

export function activationsSentence(state: StudioState): string {
  const points = state.sweep?.points ?? [];
  const [first] = points;
  const last = points.at(-1);
  if (!first || !last || first === last)
    return 'What the classifier sees at each size: the pooled activations, all channels of all photos.';
  const [a, b] = [first.activations, last.activations];
  const [spreadA, spreadB] = [a, b].map(spreadOf) as [number, number];
  const sparser = a.zeroFraction > b.zeroFraction ? 'sparser' : 'no sparser';
  const wider = spreadA > spreadB ? 'more spread out' : 'no more spread out';
  const zeros = `Exactly zero: ${formatPercent(a.zeroFraction)} at ${first.size} px, ${formatPercent(b.zeroFraction)} at ${last.size} px. The middle half spans ${spreadA.toFixed(2)} and ${spreadB.toFixed(2)}: at ${first.size} px the classifier’s inputs are ${sparser} and ${wider}.`;
  const far = points.reduce((most, p) => ((p.distance?.ks ?? 0) > (most.distance?.ks ?? 0) ? p : most));
  if (!far.distance) return zeros;
  return `${zeros} Furthest from ${far.distance.from} px is ${far.size} px, by up to ${(100 * far.distance.ks).toFixed(1)} points.`;
}

/** Of the distance that there was, at most so much is left where activations are back. */
const MOSTLY_BACK = 0.5;

/** What fine-tuning does to the activations, as the paper's figure 4 shows it. */
export function shiftSentence({ reference, beforeDistance, afterDistance }: ActivationShift): string {
  if (!reference || !afterDistance)
    return 'What the classifier sees after fine-tuning. Sweep the test resolution first to hold it against before.';
  const from = `those that the classifier was trained on, at ${reference.size} px`;
  const after = (100 * afterDistance.ks).toFixed(1);
  if (!beforeDistance) return `After fine-tuning the activations lie up to ${after} points from ${from}.`;
  if (beforeDistance.ks === 0)
    return `Fine-tuning at the size that the classifier was trained at, ${reference.size} px, moves the activations by up to ${after} points: there was no shift to mend (paper, figure 4).`;
  const before = (100 * beforeDistance.ks).toFixed(1);
  const share = afterDistance.ks / beforeDistance.ks;
  const moved = share <= MOSTLY_BACK ? 'brings the activations back' : 'brings the activations nearer';
  return `Fine-tuning ${share < 1 ? moved : 'does not bring the activations back'} to ${from}: up to ${before} points away before, ${after} after (paper, figure 4).`;
}

export function tuneSentence(state: StudioState): string {
  if (!bestEpoch(state.finetune)) return 'Before and after are compared here once the first epoch is done.';
  const { sentence, facts } = stepVerdict(state, 'finetune');
  return [sentence, ...facts].join(' ');
}

/** What there is to take along: the chosen weights, with what they themselves were measured at. */
export function exportSentence(state: StudioState): string {
  const chosen = chosenWeights(state);
  if (!chosen) return 'Your network, its metrics and its predictions, as files that other tools read.';
  const { arch, classes, score, view } = chosen;
  const size = score && view ? ` at ${view.crop} px` : '';
  const accuracy = score
    ? `, ${formatAccuracy(score.accuracy, score.count)}${size}${doubtOf(state, score)}`
    : ', not measured on these photos';
  return `Your network: ${archLabel(arch)}, ${formatNoun(classes.length, 'class', 'classes')}${accuracy}. Download it to keep it for good.`;
}

/** Of weights that were trained on the open photos. */
function doubtOf({ baseline, finetune, weights, dataset }: StudioState, score: Score): string {
  const config = (finetune ?? baseline ?? weights?.history.at(-1))?.config;
  if (!config || !dataset) return '';
  const judged = judge(score, dataset, { config });
  return judged.learned ? '' : `, ${guessingWords(judged, score)}`;
}

export function experimentSentence({ experiment, experiments }: StudioState): string {
  const rows = experiments[experiment]?.rows ?? [];
  return experimentFinding(experiment, rows) ?? 'Each line appears as soon as it has been measured.';
}
