import { Text } from '@mantine/core';
import { useShallow } from 'zustand/react/shallow';
import { settingsOn } from '../../protocol/weights';
import { useStudioState } from '../StudioContext';
import { Card } from './Card';
import css from './stage.module.css';

const LARGEST_PX = 200;

/** The sizes that will be measured, at one scale, the one trained at dashed. */
export function SizesToScale() {
  const config = useStudioState(useShallow((s) => (s.weights ? settingsOn(s.weights, s.config) : s.config)));
  const { sweepMode, sweepSizes, sweepFrom, sweepTo, trainSize } = config;
  const sizes = sweepMode === 'sizes' ? sweepSizes : [sweepFrom, sweepTo];
  const scale = LARGEST_PX / Math.max(...sizes, trainSize);
  return (
    <div className={css['setup']}>
      <Card title="What will be measured">
        <Text c="dimmed" maw={640}>
          {sweepMode === 'sizes'
            ? 'Every validation photo at each of these sizes, with the weights as they are. Each size appears in the chart as soon as it has been measured.'
            : 'As few sizes between these two as it takes to find the best: coarse at first, then fine around the best so far.'}
        </Text>
        <ul className={css['squares']}>
          {sizes.map((size) => (
            <li key={size}>
              <span
                style={{ width: size * scale, height: size * scale }}
                data-trained={size === trainSize || undefined}
              />
              {size} px{size === trainSize && ', trained at'}
            </li>
          ))}
        </ul>
      </Card>
    </div>
  );
}
