// Every figure opens its formula and its rows in the right drawer.
import { shallowRef } from 'vue';
import type { Query } from '@/shared/http';

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
  /** where its rows are read; absent: this person sees the formula only */
  readonly rowsPath?: '/satisfaction/rows' | `/indicators/${string}/rows`;
}

export const openFigure = shallowRef<FigureQuestion | null>(null);
