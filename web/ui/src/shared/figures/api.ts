import type { components } from '@/api/schema';
import type { FigureQuestion, FigureRow } from '@/shared/figures/figures';
import { http } from '@/shared/http';

export type Card = components['schemas']['web__indicators__CardView'];

type SatisfactionRows = components['schemas']['SatisfactionRows'];
type IndicatorRows = components['schemas']['IndicatorRows'];
type Row = SatisfactionRows['rows'][number] | IndicatorRows['rows'][number];

export async function readCard(name: string): Promise<Card> {
  return http.get<Card>(`/indicators/${name}/card`);
}

function rowOf(row: Row): FigureRow {
  if ('closed_at' in row) {
    const text = [row.ticket_title, row.unit_name].filter(Boolean).join(' · ');
    return {
      id: row.id,
      number: row.ticket_number,
      text,
      at: row.closed_at,
      note: row.level === null ? null : String(row.level),
      reasons: row.reasons,
      isSolved: row.is_solved,
    };
  }
  return { id: row.id, number: row.ticket_number, text: row.caller ?? '', at: row.at, note: row.note };
}

export async function readFigureRows(
  figure: FigureQuestion,
  after: number | null,
): Promise<{ rows: FigureRow[]; next: number | null }> {
  if (!figure.rowsPath) return { rows: [], next: null };
  const page = await http.get<SatisfactionRows | IndicatorRows>(figure.rowsPath, { ...figure.query, after });
  return { rows: page.rows.map(rowOf), next: page.next };
}
