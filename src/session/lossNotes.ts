/** At which steps an adapter was lost, remembered between sessions: what has failed twice will fail again. */
import type { AdapterReport } from '../engine/gpu/report';
import { type ChoiceStore, storeKey } from '../engine/memory/kernelTuning';
import type { StepSpec } from '../engine/memory/rehearsal';

type Step = Pick<StepSpec, 'arch' | 'rows' | 'size' | 'training'>;

const keyOf = (report: AdapterReport, { arch, rows, size, training }: Step): string =>
  ['lost', storeKey(report), arch, rows, size, training?.precision ?? 'float32'].join('/');

export async function lossesAt(values: ChoiceStore, report: AdapterReport, step: Step): Promise<number> {
  const count = Number(await values.load(keyOf(report, step)));
  return Number.isSafeInteger(count) && count > 0 ? count : 0;
}

export async function noteLoss(values: ChoiceStore, report: AdapterReport, step: Step): Promise<void> {
  await values.save(keyOf(report, step), String(1 + (await lossesAt(values, report, step))));
}
