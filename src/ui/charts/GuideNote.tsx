/** A piece of the guided tour under a chart, for as long as the tour is shown. */
import { Text } from '@mantine/core';
import { GUIDE, type GuideTopic } from '../../words/guide';
import { useGuide } from '../useGuide';
import css from './charts.module.css';

export function GuideNote({ topic }: { topic: GuideTopic }) {
  const [shown] = useGuide();
  if (!shown) return null;
  const { text, source } = GUIDE[topic];
  return (
    <Text className={css['guide']} c="dimmed" data-testid={`guide-${topic}`}>
      {text} <cite>{source}.</cite>
    </Text>
  );
}
