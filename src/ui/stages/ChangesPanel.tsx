/** Which photos a step won and lost, class by class, and what is taken for what. */
import { Select, Text, Title } from '@mantine/core';
import { useEffect, useState } from 'react';
import { useShallow } from 'zustand/react/shallow';
import {
  changeBetween,
  changedPhotos,
  changeSentence,
  changeTable,
  confusionShares,
  type Pair,
  pairsOf,
  stepName,
} from '../../client/changes';
import { keepUnits } from '../../words/format';
import type { Answers, StepPredictions } from '../../protocol/messages';
import { DataTable } from '../charts/ChartFrame';
import { ScrollRegion } from '../ScrollRegion';
import { useStudio, useStudioState } from '../StudioContext';
import { Photo } from './Photo';
import css from './stages.module.css';

const PHOTOS_SHOWN = 6;
/** Wider matrices are for the file. */
const MOST_CLASSES = 20;

export function ChangesPanel() {
  const answers = useAnswers();
  const classes = useStudioState(useShallow((s) => s.dataset?.classes.map(({ name }) => name) ?? []));
  const [chosen, setChosen] = useState(0);
  const pairs = answers ? pairsOf(answers) : [];
  const pair = pairs[Math.min(chosen, pairs.length - 1)];
  if (!answers || !pair) return null;
  const change = changeBetween(answers, pair, classes.length);
  return (
    <section className={`card ${css['result']}`} aria-labelledby="changes-title" data-testid="changes">
      <div className={css['line']}>
        <Title order={3} size="h6" id="changes-title">
          What changed
        </Title>
        {pairs.length > 1 && (
          <Select
            size="xs"
            w={320}
            aria-label="Steps to compare"
            allowDeselect={false}
            value={String(pairs.indexOf(pair))}
            onChange={(value) => setChosen(Number(value))}
            data={pairs.map((one, i) => ({ value: String(i), label: one.map(stepName).join(' → ') }))}
          />
        )}
      </div>
      <Text size="sm" c="dimmed" my={6}>
        {keepUnits(changeSentence(change, pair))}
      </Text>
      <ScrollRegion label="Won and lost by class">
        <DataTable table={changeTable(change, classes)} sticky={false} />
      </ScrollRegion>
      <div className={`${css['halves']} ${css['below']}`}>
        {(['won', 'lost'] as const).map((side) => (
          <Photos
            key={side}
            side={side}
            photos={changedPhotos(change, side, PHOTOS_SHOWN)}
            pair={pair}
            classes={classes}
          />
        ))}
      </div>
      {classes.length <= MOST_CLASSES && (
        <div className={`${css['halves']} ${css['below']}`}>
          {pair.map((step) => (
            <Confusion key={stepName(step)} answers={answers} step={step} classes={classes} />
          ))}
        </div>
      )}
    </section>
  );
}

/** Anew whenever a run has ended. */
function useAnswers(): Answers | null {
  const studio = useStudio();
  const [answers, setAnswers] = useState<Answers | null>(null);
  const ended = useStudioState(useShallow((s) => [s.baseline?.ended, s.sweep?.ended, s.finetune?.ended, s.dataset]));
  useEffect(() => {
    if (ended.every((one) => !one)) return undefined;
    let gone = false;
    studio.answers().then(
      (found) => !gone && setAnswers(found),
      () => !gone && setAnswers(null),
    );
    return () => {
      gone = true;
    };
  }, [studio, ended]);
  return answers;
}

interface PhotosProps {
  side: 'won' | 'lost';
  photos: readonly number[];
  pair: Pair;
  classes: readonly string[];
}

function Photos({ side, photos, pair: [before, after], classes }: PhotosProps) {
  const taken = (index: number) => {
    const { predictions } = side === 'won' ? before : after;
    return `${side === 'won' ? 'was' : 'now'} ${classes[predictions[index]!] ?? 'unread'}`;
  };
  return (
    <div>
      <Text size="xs" fw={600} mb={4}>
        {side === 'won' ? 'Won: right only after' : 'Lost: right only before'}
      </Text>
      {photos.length === 0 ? (
        <Text size="xs" c="dimmed">
          None.
        </Text>
      ) : (
        <ul className={css['photos']}>
          {photos.map((index) => (
            <li key={index}>
              <Photo split="validation" index={index} note={taken(index)} />
            </li>
          ))}
        </ul>
      )}
    </div>
  );
}

function Confusion({
  answers,
  step,
  classes,
}: {
  answers: Answers;
  step: StepPredictions;
  classes: readonly string[];
}) {
  const rows = confusionShares(answers, step, classes.length);
  return (
    <ScrollRegion label={`Confusion, ${stepName(step)}`}>
      <table className={css['confusion']}>
        <caption>Taken for, {stepName(step)}</caption>
        <thead>
          <tr>
            <th scope="col">Class</th>
            {classes.map((name) => (
              <th key={name} scope="col" title={name}>
                {name.slice(0, 6)}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((row, k) => (
            <tr key={classes[k]}>
              <th scope="row">{classes[k]}</th>
              {row.map(({ count, share }, j) => (
                <td
                  key={classes[j]}
                  data-right={k === j || undefined}
                  style={{ '--share': `${Math.round(share * 45)}%` } as object}
                >
                  {count}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </ScrollRegion>
  );
}
