/** A chart's table twice: as people read it, and as programs do, in numbers of full precision. */

export interface ChartTable {
  columns: readonly string[];
  rows: readonly (readonly (string | number)[])[];
  /** What goes into the CSV; null where nothing was measured. */
  data: DataTable;
}

export interface DataTable {
  columns: readonly string[];
  rows: readonly (readonly (string | number | null)[])[];
}

export interface Column<T> {
  head: string;
  show: (row: T) => string | number;
  /** Columns of the CSV by name, the unit in it; what is shown if not given. */
  data?: Readonly<Record<string, (row: T) => string | number | null | undefined>>;
}

export function tableOf<T>(rows: readonly T[], columns: readonly Column<T>[]): ChartTable {
  const values = columns.flatMap(({ head, show, data }) => Object.entries(data ?? { [head]: show }));
  return {
    columns: columns.map(({ head }) => head),
    rows: rows.map((row) => columns.map(({ show }) => show(row))),
    data: {
      columns: values.map(([name]) => name),
      rows: rows.map((row) => values.map(([, value]) => value(row) ?? null)),
    },
  };
}
