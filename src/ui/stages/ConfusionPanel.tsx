/** What is taken for what: a matrix of few classes, and of any number the mistakes that are made most. */
import { SegmentedControl, Text, Title } from '@mantine/core';
import { useState } from 'react';
import { shortened, withoutPrefix } from '../../client/classNames';
import { confusionShares, measuredAt, stepName, topConfusions } from '../../client/changes';
import { formatCount } from '../../words/format';
import { Name } from '../Name';
import { ScrollRegion } from '../ScrollRegion';
import { useStudio } from '../StudioContext';
import type { Change } from './changes';
import css from './stage.module.css';
import confusionCss from './confusion.module.css';
import { VirtualList } from './VirtualList';

/** Wider matrices cannot be read on a screen. */
const MOST_CLASSES = 12;
/** Of a class's name in a heading. */
const LONGEST_NAME = 28;
const MISTAKE_PX = 52;

/** As large as half a desktop's hero allows. */
const cellPx = (classes: number): number => Math.max(36, Math.min(60, Math.floor(300 / classes)));

export function ConfusionPanel({ of: { answers, pair, leader }, classes }: { of: Change; classes: readonly string[] }) {
  const studio = useStudio();
  const [which, setWhich] = useState('1');
  const step = pair[Number(which)] ?? pair[1];
  const rows = confusionShares(answers, step, classes.length);
  const short = withoutPrefix(classes);
  const show = (label: number, predicted: number) =>
    studio.showPhotos({ split: 'validation', label, predicted, order: 'loss', measured: measuredAt(step) });
  return (
    <section
      className={`card ${css['card']} ${css['list']}`}
      aria-labelledby="confusion-title"
      data-testid="confusions"
    >
      <div className={css['cardHead']}>
        <Title order={3} size="h6" id="confusion-title">
          What is taken for what
        </Title>
        <SegmentedControl
          size="xs"
          transitionDuration={0}
          aria-label="Of which step"
          value={which}
          onChange={setWhich}
          data={pair.map((one, i) => ({ value: String(i), label: stepName(one, leader) }))}
        />
      </div>
      <div className={confusionCss['halves']}>
        {classes.length <= MOST_CLASSES && (
          <ScrollRegion className={confusionCss['region']} label={`Confusion, ${stepName(step, leader)}`}>
            <table className={confusionCss['confusion']} style={{ '--cell': `${cellPx(classes.length)}px` } as object}>
              <caption className="visually-hidden">Rows are classes, columns what they were taken for</caption>
              <thead>
                <tr>
                  <th scope="col">is ↓, taken for →</th>
                  {short.map((name, i) => (
                    <th key={classes[i]} scope="col" title={classes[i]} aria-label={classes[i]}>
                      {shortened(name, LONGEST_NAME)}
                    </th>
                  ))}
                </tr>
              </thead>
              <tbody>
                {rows.map((row, k) => (
                  <tr key={classes[k]}>
                    <th scope="row" title={classes[k]} aria-label={classes[k]}>
                      {shortened(short[k]!, LONGEST_NAME)}
                    </th>
                    {row.map(({ count, share }, j) => (
                      <td
                        key={classes[j]}
                        data-right={k === j || undefined}
                        style={{ '--share': `${Math.round(share * 45)}%` } as object}
                      >
                        {count > 0 ? (
                          <button
                            type="button"
                            className={confusionCss['toPhotos']}
                            title="Show these photos"
                            onClick={() => show(k, j)}
                          >
                            {formatCount(count)}
                          </button>
                        ) : (
                          0
                        )}
                      </td>
                    ))}
                  </tr>
                ))}
              </tbody>
            </table>
          </ScrollRegion>
        )}
        <div className={css['list']}>
          <Text size="sm" fw={600} mb={4}>
            Most frequent mistakes
          </Text>
          <VirtualList
            label="Most frequent mistakes"
            items={topConfusions(rows)}
            rowHeight={MISTAKE_PX}
            keyOf={({ from, to }) => `${from} ${to}`}
          >
            {({ from, to, count, share }) => (
              <button
                type="button"
                className={`${confusionCss['mistake']} ${confusionCss['toPhotos']}`}
                title={`Show the photos of ${classes[from]} taken for ${classes[to]}`}
                onClick={() => show(from, to)}
              >
                <Name>{short[from]!}</Name>
                <span className={confusionCss['taken']}>
                  taken for <Name>{short[to]!}</Name>
                </span>
                <span className="figures">
                  {formatCount(count)}, {(100 * share).toFixed(0)} %
                </span>
              </button>
            )}
          </VirtualList>
        </div>
      </div>
    </section>
  );
}
