/** What the network said of photos without labels: one of them large, with where it saw its answer, and all of them in a list. */
import { Button, NativeSelect, Switch, Text } from '@mantine/core';
import { IconDownload } from '@tabler/icons-react';
import { useEffect, useMemo, useState } from 'react';
import {
  answersOf,
  EARLIER_WEIGHTS,
  isOfEarlierWeights,
  isUnlike,
  ORDERS,
  orderedRows,
  triedSentences,
  type TriedOrder,
} from '../../client/tried';
import { toErrorData } from '../../engine/base/errors';
import { isBusy } from '../../client/state';
import type { Predicted, TriedFile, TriedPhoto } from '../../protocol/trials';
import { formatPercent, keepUnits } from '../../words/format';
import { Name } from '../Name';
import { shown, useStudio, useStudioState } from '../StudioContext';
import { ClassMapLayer } from './ClassMapLayer';
import { Pixels } from './Pixels';
import { VirtualList } from './VirtualList';
import css from './try.module.css';

const ANSWERS = 5;
const TABLES: readonly { what: TriedFile; title: string }[] = [
  { what: 'submission', title: 'image_id,label: labels as numbers, from 0' },
  { what: 'probabilities', title: 'A probability a class' },
];

export function Tried({ predicted }: { predicted: Predicted }) {
  const studio = useStudio();
  const isEarlier = useStudioState(isOfEarlierWeights);
  const [order, setOrder] = useState<TriedOrder>('doubtful');
  const [chosen, setChosen] = useState<{ trial: number; row: number } | null>(null);
  const rows = useMemo(() => orderedRows(predicted, order), [predicted, order]);
  // Another trial's rows are other photos.
  const row = chosen?.trial === predicted.trial ? chosen.row : rows[0];
  return (
    <div className={css['tried']}>
      {row !== undefined && <OnePhoto predicted={predicted} row={row} />}
      <div className={css['all']}>
        <Text component="output" size="sm" data-testid="tried-sentence">
          {keepUnits([...triedSentences(predicted), ...(isEarlier ? [EARLIER_WEIGHTS] : [])].join(' '))}
        </Text>
        {rows.length > 1 && (
          <NativeSelect
            size="xs"
            aria-label="Order"
            data={Object.entries(ORDERS).map(([value, label]) => ({ value, label }))}
            value={order}
            onChange={(event) => setOrder(event.currentTarget.value as TriedOrder)}
          />
        )}
        <VirtualList label="Tried photos" items={rows} rowHeight={28} keyOf={(one) => predicted.photos[one]!.path}>
          {(one) => (
            <Row
              predicted={predicted}
              row={one}
              chosen={one === row}
              choose={() => setChosen({ trial: predicted.trial, row: one })}
            />
          )}
        </VirtualList>
        <Unreadable files={predicted.unreadable} />
        <div className={css['tools']}>
          {TABLES.map(({ what, title }) => (
            <Button
              key={what}
              size="compact-sm"
              variant="default"
              title={title}
              leftSection={<IconDownload size={14} />}
              onClick={() => shown(studio.downloadTried(what))}
              data-testid={`tried-${what}`}
            >
              {what}.csv
            </Button>
          ))}
        </div>
      </div>
    </div>
  );
}

interface RowProps {
  predicted: Predicted;
  row: number;
  chosen: boolean;
  choose: () => void;
}

function Row({ predicted, row, chosen, choose }: RowProps) {
  const [answer] = answersOf(predicted, row, 1);
  const { imageId } = predicted.photos[row]!;
  return (
    <button
      type="button"
      className={css['row']}
      data-chosen={chosen || undefined}
      aria-pressed={chosen}
      title={answer && `${imageId}: ${answer.name}`}
      onClick={choose}
    >
      <Name>{imageId}</Name>
      <Name>{answer?.name ?? ''}</Name>
      <span className="figures">{answer && formatPercent(answer.probability)}</span>
      {isUnlike(predicted, row) === true && <span className={css['unlike']}>unlike</span>}
    </button>
  );
}

function Unreadable({ files }: { files: Predicted['unreadable'] }) {
  if (files.length === 0) return null;
  return (
    <details className={css['unreadable']} data-testid="tried-unreadable">
      <summary>Files that could not be read</summary>
      <ul>
        {files.map(({ path, reason }) => (
          <li key={path}>{reason}</li>
        ))}
      </ul>
    </details>
  );
}

function OnePhoto({ predicted, row }: { predicted: Predicted; row: number }) {
  const answers = answersOf(predicted, row, ANSWERS);
  const [label, setLabel] = useState<{ row: number; label: number } | null>(null);
  const [mapped, setMapped] = useState(true);
  const about = label?.row === row ? label.label : answers[0]!.label;
  const { photo, status } = useTriedPhoto(predicted.trial, row, about);
  const { imageId } = predicted.photos[row]!;
  const name = predicted.classes[about]!;
  return (
    <div className={css['one']} data-testid="tried-photo">
      <div className={css['view']}>
        {photo && (
          <>
            <Pixels size={photo.view.size} rgba={photo.view.rgba} label={`${imageId}, as the network sees it`} />
            {mapped && <ClassMapLayer map={photo.map} label={`Where it sees ${name}`} />}
          </>
        )}
        {status && <Text size="sm">{status}</Text>}
      </div>
      <Switch
        size="xs"
        checked={mapped}
        onChange={(event) => setMapped(event.currentTarget.checked)}
        label={`Bright: what speaks for ${name}`}
      />
      <ul className={css['answers']} aria-label={`Answers for ${imageId}`}>
        {answers.map(({ label: k, name: answer, probability }) => (
          <li key={k}>
            <button
              type="button"
              className={css['answer']}
              aria-pressed={k === about}
              title={answer}
              onClick={() => setLabel({ row, label: k })}
            >
              <Name>{answer}</Name>
              <span className="figures">{formatPercent(probability)}</span>
              <span className={css['bar']} aria-hidden>
                <span style={{ width: `${100 * probability}%` }} />
              </span>
            </button>
          </li>
        ))}
      </ul>
      {isUnlike(predicted, row) === true && (
        <Text size="sm" data-testid="tried-unlike">
          Unlike the training photos: the answer may mean nothing.
        </Text>
      )}
    </div>
  );
}

/** The photo as the network was given it, with the map of a class; the one before stays until it is there. */
function useTriedPhoto(trial: number, row: number, label: number) {
  const studio = useStudio();
  const busy = useStudioState(isBusy);
  const [photo, setPhoto] = useState<TriedPhoto | null>(null);
  const [failed, setFailed] = useState<string | null>(null);
  useEffect(() => {
    if (busy) return undefined;
    let gone = false;
    studio.triedPhoto({ trial, row, label }).then(
      (given) => {
        if (gone) return;
        setPhoto(given);
        setFailed(null);
      },
      (error: unknown) => !gone && setFailed(toErrorData(error).message),
    );
    return () => {
      gone = true;
    };
  }, [studio, busy, trial, row, label]);
  return { photo, status: failed ?? (photo ? null : 'Drawing it …') };
}
