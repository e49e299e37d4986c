/** The classes with their photos: any number, searched by name and sorted by size. */
import { SegmentedControl, TextInput } from '@mantine/core';
import { IconSearch } from '@tabler/icons-react';
import { useMemo, useState } from 'react';
import { withoutPrefix } from '../../client/classNames';
import type { DatasetSummary } from '../../engine/dataset/types';
import { formatCount, formatNoun } from '../../words/format';
import { useChartColors } from '../charts/colors';
import { Name } from '../Name';
import { Card } from './Card';
import css from './stage.module.css';
import classCss from './classes.module.css';
import { VirtualList } from './VirtualList';

/** Below this a search has nothing to find that the eye has not. */
const MANY = 8;
const ROW_PX = 36;

export function ClassList({ dataset }: { dataset: DatasetSummary }) {
  const colors = useChartColors();
  const [search, setSearch] = useState('');
  const [order, setOrder] = useState<'size' | 'name'>('size');
  const { classes } = dataset;
  const rows = useMemo(() => {
    const short = withoutPrefix(classes.map(({ name }) => name));
    const all = classes.map((one, i) => ({ ...one, short: short[i]!, total: one.train + one.validation }));
    const found = all.filter(({ name }) => name.toLowerCase().includes(search.trim().toLowerCase()));
    return found.sort((a, b) => (order === 'size' ? b.total - a.total : a.name.localeCompare(b.name)));
  }, [classes, search, order]);
  const most = Math.max(1, ...classes.map(({ train, validation }) => train + validation));
  return (
    <Card title={formatNoun(classes.length, 'class', 'classes')} testId="classes">
      <div className={css['list']} style={{ minHeight: ROW_PX * Math.min(classes.length, MANY) + 40 }}>
        {classes.length > MANY && (
          <div className={css['listTools']}>
            <TextInput
              size="xs"
              leftSection={<IconSearch size={14} />}
              placeholder="Search"
              aria-label="Search the classes"
              value={search}
              onChange={(event) => setSearch(event.currentTarget.value)}
            />
            <SegmentedControl
              size="xs"
              transitionDuration={0}
              aria-label="Order"
              value={order}
              onChange={setOrder}
              data={[
                { value: 'size', label: 'By size' },
                { value: 'name', label: 'By name' },
              ]}
            />
          </div>
        )}
        <VirtualList label="Classes" items={rows} rowHeight={ROW_PX} keyOf={({ name }) => name}>
          {({ name, short, train, validation, total }) => (
            <div className={classCss['class']} title={name}>
              <Name>{short}</Name>
              <span className="figures">
                {formatCount(train)} <span className={classCss['test']}>+ {formatCount(validation)}</span>
              </span>
              <span className={classCss['bar']} aria-hidden>
                <span style={{ width: `${(train / most) * 100}%`, background: colors.train }} />
                <span style={{ width: `${((total - train) / most) * 100}%`, background: colors.validation }} />
              </span>
            </div>
          )}
        </VirtualList>
      </div>
    </Card>
  );
}
