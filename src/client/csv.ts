/** Tables as CSV; loaded when one is saved. */
import Papa from 'papaparse';
import type { DataTable } from './chartTable';

/** RFC 4180. */
export function csvOf({ columns, rows }: DataTable): string {
  return `${Papa.unparse([[...columns], ...rows.map((row) => [...row])])}\r\n`;
}
