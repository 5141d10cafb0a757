// How what others do about a ticket reads: the tree of units below, and which states are worth a colour.
import type { BelowView, PartView, RequestView, Sharing } from '@/tickets/types';

type Signal = 'good' | 'soon' | 'late' | 'brand' | 'plain';

export const INNER_SIGNALS: Readonly<Record<BelowView['state'], Signal>> = {
  sent: 'soon',
  signed: 'brand',
  reported: 'soon',
  accepted: 'good',
  pulled: 'plain',
};
export const PART_SIGNALS: Readonly<Record<PartView['state'], Signal>> = {
  open: 'soon',
  done: 'good',
  excused: 'plain',
};
export const REQUEST_SIGNALS: Readonly<Record<RequestView['state'], Signal>> = {
  pending: 'soon',
  granted: 'good',
  refused: 'late',
  lapsed: 'plain',
};

export interface Step {
  readonly step: BelowView;
  /** how far below the unit that leads; 0 is the first unit below it */
  readonly depth: number;
  readonly isPast: boolean;
}

/** The chain in the order in which it was sent down; each step stands below the unit that sent it. */
export function below(sharing: Pick<Sharing, 'below'>): Step[] {
  const depths = new Map<number, number>();
  return sharing.below.map((step) => {
    const depth = depths.get(step.from_unit_id) ?? 0;
    depths.set(step.unit_id, depth + 1);
    return { step, depth, isPast: step.state === 'accepted' || step.state === 'pulled' };
  });
}

/** The step that is open and handed to this unit, if there is one. */
export function stepOf(sharing: Pick<Sharing, 'below'>, unitId: number | null | undefined): BelowView | undefined {
  return sharing.below.find(({ unit_id, state }) => unit_id === unitId && (state === 'sent' || state === 'signed'));
}
