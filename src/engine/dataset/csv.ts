/** A CSV as rows of text with their lines. PapaParse finds the separator and undoes quotes. */
import Papa from 'papaparse';
import { withoutMark } from '../base/csvText';

export interface CsvRow {
  /** Where the row begins in the file, from 1. */
  line: number;
  cells: readonly string[];
}

export interface CsvTable {
  rows: readonly CsvRow[];
  /** Broken quotes, with their line. */
  problems: readonly { line: number; message: string }[];
}

/** Commas, semicolons, tabs or bars, or what Excel's `sep=` says; any line ends; BOM; quoted fields; names that are marked as no formulas. Empty lines are left out, but counted. */
export function parseCsv(text: string): CsvTable {
  // Excel's own line above the header.
  const said = /^\uFEFF?"?sep=(.)"?[^\S\r\n]*(\r\n|\r|\n)/i.exec(text);
  const body = said ? text.slice(said[0].length) : text;
  const config = { header: false as const, skipEmptyLines: false, ...(said && { delimiter: said[1] ?? ',' }) };
  // An empty last line would count as one of a single column where the separator is guessed.
  const parsed = Papa.parse<string[]>(body.replace(/[\r\n]+$/, ''), config);
  const rows: CsvRow[] = [];
  const lines: number[] = [];
  let line = said ? 2 : 1;
  for (const cells of parsed.data) {
    lines.push(line);
    const begins = line;
    line += 1 + cells.reduce((breaks, cell) => breaks + (cell.includes('\n') ? cell.split('\n').length - 1 : 0), 0);
    // In place: a million rows are not held twice.
    for (let i = 0; i < cells.length; i++) cells[i] = withoutMark(cells[i]!.trim());
    if (cells.some((cell) => cell !== '')) rows.push({ line: begins, cells });
  }
  const problems = parsed.errors
    .filter((error) => error.type === 'Quotes')
    .map((error) => ({ line: lines[error.row ?? 0] ?? 1, message: error.message }));
  return { rows, problems };
}
