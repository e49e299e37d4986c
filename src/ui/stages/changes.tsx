/** Which photos a step gained and lost: asked for anew whenever a run has ended. */
import { Select, Text } from '@mantine/core';
import { useState } from 'react';
import {
  changeBetween,
  changedPhotos,
  changeSentence,
  measuredAt,
  type Pair,
  pairName,
  pairsOf,
} from '../../client/changes';
import { withoutPrefix } from '../../client/classNames';
import type { StepChange } from '../../engine/analysis/stepChange';
import type { Answers } from '../../protocol/messages';
import { formatCount, keepUnits } from '../../words/format';
import type { Studio } from '../../client/studio';
import { leaderStep } from '../../words/sizeVerdict';
import { useStudioState } from '../StudioContext';
import { useAfterRuns } from '../useAfterRuns';
import { Card } from './Card';
import { PhotoList } from './PhotoList';

const PHOTOS_SHOWN = 6;

export interface Change {
  answers: Answers;
  pairs: readonly Pair[];
  pair: Pair;
  change: StepChange;
  /** What the sweep's leading size is called. */
  leader: string;
  /** "baseline, 224 px → fine-tuned, 384 px" */
  title: string;
  choose: (index: number) => void;
}

/** Null while fewer than two steps have been measured. */
export function useChange(classes: number): Change | null {
  const answers = useAfterRuns(askAnswers);
  const leader = useStudioState((s) => (s.sweep ? leaderStep(s.sweep, s.dataset?.classes ?? []) : ''));
  const [chosen, choose] = useState(0);
  const pairs = answers ? pairsOf(answers) : [];
  const pair = pairs[Math.min(chosen, pairs.length - 1)];
  if (!answers || !pair) return null;
  return {
    answers,
    pairs,
    pair,
    change: changeBetween(answers, pair, classes),
    leader,
    title: pairName(pair, leader),
    choose,
  };
}

const askAnswers = (studio: Studio): Promise<Answers> => studio.answers();

/** For the column: what changed sides, with the photos themselves. */
export function ChangedPhotos({ of, classes }: { of: Change; classes: readonly string[] }) {
  const { change, pair, pairs, leader, choose } = of;
  return (
    <>
      <Card title="What changed" testId="changes">
        {pairs.length > 1 && (
          <Select
            size="xs"
            aria-label="Steps to compare"
            allowDeselect={false}
            comboboxProps={{ transitionProps: { duration: 0 } }}
            value={String(pairs.indexOf(pair))}
            onChange={(value) => choose(Number(value))}
            data={pairs.map((one, i) => ({ value: String(i), label: pairName(one, leader) }))}
            mb={6}
          />
        )}
        <Text size="sm" c="dimmed">
          {keepUnits(changeSentence(change, pair, leader))}
        </Text>
      </Card>
      {(['won', 'lost'] as const).map((side) => (
        <Photos key={side} side={side} of={of} classes={classes} />
      ))}
    </>
  );
}

function Photos({ side, of, classes }: { side: 'won' | 'lost'; of: Change; classes: readonly string[] }) {
  const { change, pair } = of;
  const shown = changedPhotos(change, side, PHOTOS_SHOWN);
  const { predictions } = side === 'won' ? pair[0] : pair[1];
  const short = withoutPrefix(classes);
  const note = (index: number) => `${side === 'won' ? 'was' : 'now'} ${short[predictions[index]!] ?? 'unread'}`;
  return (
    <Card title={side === 'won' ? `Gained ${formatCount(change.won)}` : `Lost ${formatCount(change.lost)}`}>
      {shown.length === 0 ? (
        <Text size="sm" c="dimmed">
          None.
        </Text>
      ) : (
        <PhotoList
          small
          photos={shown.map((index) => ({ split: 'validation', index, note: note(index) }))}
          names={classes}
          compared={pair.map(measuredAt)}
        />
      )}
    </Card>
  );
}
