// Every figure opens its formula and its rows in the right drawer.
import { shallowRef, type Component } from 'vue';
import type { Query } from '@/shared/http';
import { count } from '@/shared/numbers';

/** A row behind a figure, whatever it counts. */
export interface FigureRow {
  readonly id: number;
  readonly number: string | null;
  readonly text: string;
  readonly at: string | null;
  readonly note: string | null;
  /** of a rating: why it was bad, and whether the citizen says that it was solved */
  readonly reasons?: readonly string[];
  readonly isSolved?: boolean | null;
}

export interface FigureQuestion {
  /** the indicator's name, e.g. satisfaction */
  readonly name: string;
  /** as the page calls it */
  readonly title: string;
  /** the figure as the page shows it, with its unit */
  readonly shown: string;
  /** period, subject, part and whatever else narrows it */
  readonly query: Query;
  /** the counts behind it */
  readonly numerator?: number;
  readonly denominator?: number;
  /** from the page down to this figure, as it is shown above it: 朝阳区住建局, 不满意 6 */
  readonly path?: readonly string[];
  /** shows one of its rows, given as `row`; absent: a row leads to its ticket */
  readonly detail?: Component;
  /** where its rows are read; absent: this person sees the formula only */
  readonly rowsPath?: '/satisfaction/rows' | `/indicators/${string}/rows`;
}

/** A count of what stands now; its rows are in the list beside it. */
export function standing(name: string, title: string, n: number): FigureQuestion {
  return { name, title, shown: count(n), query: {}, numerator: n };
}

export const openFigure = shallowRef<FigureQuestion | null>(null);
/** The one of its rows that is looked at, when it is shown in the drawer. */
export const openRow = shallowRef<FigureRow | null>(null);
