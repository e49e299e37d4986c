/** Each class before and after, as an arrow from 0 to 100 %: who gains, and who loses. Any number of classes. */
import { SegmentedControl, TextInput, Title } from '@mantine/core';
import { IconSearch } from '@tabler/icons-react';
import { useId, useMemo, useState } from 'react';
import { withoutPrefix } from '../../client/classNames';
import { formatSigned } from '../../words/format';
import { useChartColors } from '../charts/colors';
import { Name } from '../Name';
import css from './stage.module.css';
import classCss from './classes.module.css';
import { VirtualList } from './VirtualList';

export interface ClassDelta {
  name: string;
  /** Shares, 0 to 1. */
  before: number;
  after: number;
}

interface Props {
  title: string;
  deltas: readonly ClassDelta[];
}

const ORDERS = {
  change: { label: 'Most changed', by: (a: ClassDelta, b: ClassDelta) => size(b) - size(a) },
  worst: { label: 'Worst', by: (a: ClassDelta, b: ClassDelta) => a.after - b.after },
  name: { label: 'By name', by: (a: ClassDelta, b: ClassDelta) => a.name.localeCompare(b.name) },
};
type Order = keyof typeof ORDERS;

const change = ({ before, after }: ClassDelta) => after - before;
const size = (delta: ClassDelta) => Math.abs(change(delta));

/** As a hero. */
export function DeltaList({ title, deltas }: Props) {
  const id = useId();
  const [search, setSearch] = useState('');
  const [order, setOrder] = useState<Order>('change');
  const rows = useDeltas(deltas, search, order);
  return (
    <section className={`card ${css['card']} ${css['list']}`} aria-labelledby={id} data-testid="deltas">
      <div className={css['cardHead']}>
        <Title order={3} size="h6" id={id}>
          {title}
        </Title>
      </div>
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
          onChange={(value) => setOrder(value as Order)}
          data={Object.entries(ORDERS).map(([value, { label }]) => ({ value, label }))}
        />
      </div>
      <VirtualList label={title} items={rows} rowHeight={34} keyOf={({ name }) => name}>
        {(delta) => (
          <div className={classCss['delta']} title={delta.name}>
            <Name>{delta.short}</Name>
            <Arrow delta={delta} />
            <Change delta={delta} />
          </div>
        )}
      </VirtualList>
    </section>
  );
}

/** The few that changed most, for the column. */
export function DeltaDigest({ deltas, count }: { deltas: readonly ClassDelta[]; count: number }) {
  const rows = useDeltas(deltas, '', 'change').filter((delta) => size(delta) > 0);
  if (rows.length === 0) return <span>No class changed.</span>;
  return (
    <div>
      {rows.slice(0, count).map((delta) => (
        <div key={delta.name} className={classCss['deltaNarrow']} title={delta.name}>
          <Name>{delta.short}</Name>
          <Change delta={delta} />
        </div>
      ))}
    </div>
  );
}

function useDeltas(deltas: readonly ClassDelta[], search: string, order: Order) {
  return useMemo(() => {
    const short = withoutPrefix(deltas.map(({ name }) => name));
    const needle = search.trim().toLowerCase();
    return deltas
      .map((delta, i) => ({ ...delta, short: short[i]! }))
      .filter(({ name }) => name.toLowerCase().includes(needle))
      .sort(ORDERS[order].by);
  }, [deltas, search, order]);
}

function Change({ delta }: { delta: ClassDelta }) {
  return (
    <span className={`figures ${classCss['change']}`}>
      {(100 * delta.before).toFixed(0)} → {(100 * delta.after).toFixed(0)} % <b>{formatSigned(change(delta))}</b>
    </span>
  );
}

const WIDTH = 400;

function Arrow({ delta }: { delta: ClassDelta }) {
  const { axis, gain, loss, ink } = useChartColors();
  const [from, to] = [delta.before * WIDTH, delta.after * WIDTH];
  const color = change(delta) >= 0 ? gain : loss;
  const head = to >= from ? -7 : 7;
  return (
    <svg viewBox={`0 0 ${WIDTH} 24`} preserveAspectRatio="none" aria-hidden>
      <line x2={WIDTH} y1={12} y2={12} stroke={axis} strokeOpacity={0.4} vectorEffect="non-scaling-stroke" />
      <line x1={from} x2={to} y1={12} y2={12} stroke={color} strokeWidth={3} vectorEffect="non-scaling-stroke" />
      <ellipse cx={from} cy={12} rx={4} ry={5} fill={ink} />
      {size(delta) > 0 && <path d={`M${to} 12l${head} -6v12z`} fill={color} />}
    </svg>
  );
}
