/** One number, how sure it is, and what it has to beat. */
import { Title } from '@mantine/core';
import { useId } from 'react';
import { intervalOf } from '../../client/selectors';
import type { StageStatus } from '../../client/stageStatus';
import { SELECTION_NAMES, selectedValue } from '../../engine/analysis/score';
import type { Score, Selection } from '../../engine/base/records';
import { capitalised, formatAccuracy, formatInterval, formatWithInterval, keepUnits } from '../../words/format';
import { useChartColors } from '../charts/colors';
import { Facts } from './Card';
import css from './stage.module.css';

interface Props {
  /** Whose number it is. */
  title: string;
  tone: StageStatus['mood'];
  score: Score | null;
  /** What it was chosen by; another than accuracy is told beside it. */
  by: Selection;
  /** The share that guessing gets right. */
  guessing: number | null;
  /** Beside the number: what it gained. */
  gain?: string;
  facts?: readonly { name: string; value: string }[];
  /** Whatever else is worth knowing, in sentences. */
  notes?: readonly string[];
}

const TONES: Partial<Record<StageStatus['mood'], string>> = { done: 'good', doubt: 'amber', problem: 'bad' };

export function VerdictCard({ title, tone, score, by, guessing, gain, facts = [], notes = [] }: Props) {
  const id = useId();
  return (
    <section
      className={`card figures ${css['card']} ${css['verdictCard']}`}
      aria-labelledby={id}
      data-tone={TONES[tone]}
      data-testid="verdict"
    >
      <Title order={3} size="h6" id={id}>
        {title}
      </Title>
      <div className={css['figure']}>
        <b>{score ? formatAccuracy(score.accuracy, score.count) : '–'}</b>
        {gain && <span>{gain}</span>}
        <span>{score ? keepUnits(formatInterval(intervalOf(score), score.count)) : 'not measured yet'}</span>
      </div>
      {score && <IntervalBar score={score} guessing={guessing} />}
      <Facts facts={[...chosenBy(score, by), ...facts]} />
      {notes.map((note) => (
        <p key={note} className={css['note']}>
          {keepUnits(note)}
        </p>
      ))}
    </section>
  );
}

/** "Macro F1": "17.7 % (11.0 to 37.7 %)". */
function chosenBy(score: Score | null, by: Selection): { name: string; value: string }[] {
  if (!score || by === 'accuracy') return [];
  const value = selectedValue(score, by);
  const interval = score.intervals?.[by];
  const { count } = score;
  const text = interval ? formatWithInterval(value, interval, count) : formatAccuracy(value, count);
  return [{ name: capitalised(SELECTION_NAMES[by]), value: keepUnits(text) }];
}

const WIDTH = 288;
const at = (share: number): number => share * WIDTH;

/** The 95 % interval from 0 to 100 %, and where guessing lies. */
function IntervalBar({ score, guessing }: { score: Score; guessing: number | null }) {
  const { validation, ink, axis } = useChartColors();
  const { low, high } = intervalOf(score);
  return (
    <svg className={css['interval']} viewBox={`0 0 ${WIDTH} 34`} aria-hidden>
      <line x1={0} x2={WIDTH} y1={10} y2={10} stroke={axis} strokeWidth={1} />
      {guessing !== null && (
        <>
          <line x1={at(guessing)} x2={at(guessing)} y1={2} y2={18} stroke={ink} strokeDasharray="2 2" />
          <text
            x={Math.min(WIDTH - 34, Math.max(34, at(guessing)))}
            y={31}
            textAnchor="middle"
            fontSize={12}
            fill={ink}
          >
            guessing {(100 * guessing).toFixed(0)}
          </text>
        </>
      )}
      <line x1={at(low)} x2={at(high)} y1={10} y2={10} stroke={validation} strokeWidth={9} strokeOpacity={0.35} />
      <circle cx={at(score.accuracy)} cy={10} r={4} fill={validation} />
    </svg>
  );
}
