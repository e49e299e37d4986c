/** Tables as CSV; loaded when one is saved. */
import Papa from 'papaparse';
import { FORMULA } from '../engine/base/csvText';
import type { DataTable } from './chartTable';

/** RFC 4180; what a spreadsheet would take for a formula is marked as text. */
export function csvOf({ columns, rows }: DataTable): string {
  return `${Papa.unparse([[...columns], ...rows.map((row) => [...row])], { escapeFormulae: FORMULA })}\r\n`;
}
