/** Which distributions of activations are drawn, and how they look. */
import { sizesOf } from '../../client/selectors';
import type { SweepResult } from '../../client/state';
import type { ActivationShift } from '../../engine/base/records';
import type { ActivationCurve } from './CdfChart';
import { type ChartColors, sizeColor } from './colors';

const TRAINED = '7 4';
const DOTTED = '2 3';

/** Sizes from small to large along the scale; what the network was trained at is dashed; the one being measured is dotted. */
export function sweepCurves(sweep: SweepResult, colors: ChartColors): ActivationCurve[] {
  const { points, reference, partialActivations, config } = sweep;
  const sizes = sizesOf(sweep);
  const curves = points.map(({ size, activations, distance }): ActivationCurve => {
    const trained = size === config.trainSize;
    return {
      key: String(size),
      name: trained ? `${size} px trained` : `${size} px`,
      activations,
      distance,
      color: sizeColor(colors, sizes.indexOf(size), sizes.length),
      ...(trained ? { dash: TRAINED } : {}),
    };
  });
  const dotted = { color: colors.reference, dash: DOTTED };
  if (reference) {
    const { size, activations, distance } = reference;
    curves.push({ key: 'reference', name: `${size} px baseline`, activations, distance, ...dotted });
  }
  if (partialActivations) {
    const name = `${partialActivations.size} px so far`;
    curves.push({ key: 'partialActivations', name, activations: partialActivations, distance: null, ...dotted });
  }
  return curves;
}

/** As the classifier learnt to see them, and at the new size before and after fine-tuning. */
export function shiftCurves(shift: ActivationShift, colors: ChartColors): ActivationCurve[] {
  const { reference, before, after, beforeDistance, afterDistance } = shift;
  const curves: ActivationCurve[] = [
    {
      key: 'reference',
      name: `${reference.size} px trained`,
      activations: reference,
      distance: null,
      color: colors.reference,
      dash: TRAINED,
    },
  ];
  // Tuned in the view trained at, both are one.
  if (beforeDistance.ks > 0) {
    const name = `${before.size} px before`;
    curves.push({
      key: 'before',
      name,
      activations: before,
      distance: beforeDistance,
      color: sizeColor(colors, 0, 2),
    });
  }
  const name = `${after.size} px after`;
  curves.push({ key: 'after', name, activations: after, distance: afterDistance, color: sizeColor(colors, 1, 2) });
  return curves;
}
