/** Both rules of the paper's section 4.1 for any size, and what a size costs that is no multiple of 32. */
import { NumberInput, Text } from '@mantine/core';
import { useState } from 'react';
import { adviseResolution, mapSide, type Rounded, stridePenalty } from '../../engine/analysis/resolution';
import { BASELINE_FIELDS } from '../../engine/experiments/baseline/meta';
import { useStudioState } from '../StudioContext';
import { Card } from './Card';

const { min, max } = BASELINE_FIELDS.trainSize;

export function ResolutionCalculator() {
  const trainSize = useStudioState((s) => s.config.trainSize);
  const [typed, setTyped] = useState<number | null>(null);
  const size = typed ?? trainSize;
  const advice = adviseResolution(size);
  const penalty = stridePenalty(size);
  return (
    <Card title="The rules for any size" testId="calculator">
      <NumberInput
        aria-label="Size"
        size="xs"
        w={150}
        min={min}
        max={max}
        clampBehavior="strict"
        allowDecimal={false}
        suffix=" px"
        value={size}
        onChange={(value) => setTyped(typeof value === 'number' && value >= min ? value : null)}
      />
      <Text size="sm" mt="xs">
        Trained at {size} px: test at <Answer of={advice.test} /> (1.25 times).
        <br />
        Tested at {size} px: train at <Answer of={advice.train} /> (0.8 times).
      </Text>
      <Text size="xs" c="dimmed" mt={6}>
        {penalty ??
          `A ResNet halves a photo five times: at ${size} px, a multiple of 32, the last map is ${mapSide(size)} x ${mapSide(size)} and nothing of it is padding.`}{' '}
        FixRes, section 4.1 and appendix B.
      </Text>
    </Card>
  );
}

function Answer({ of: { exact, recommended } }: { of: Rounded }) {
  const rounded = Number(exact.toFixed(1));
  return (
    <>
      <b>{rounded} px</b>
      {rounded !== recommended && `, or ${recommended} px, the nearest multiple of 32`}
    </>
  );
}
