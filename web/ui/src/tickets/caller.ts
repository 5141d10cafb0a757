// What a page says of a caller, and to whom more may be shown.
import type { TicketView } from '@/tickets/types';

/** Whoever may write a note works on the ticket, and nobody does any more when it is archived; the server asks again. */
export const worksOn = (ticket: TicketView): boolean => ticket.offers.some(({ action }) => action === 'note');

/** The word for a caller without a name: left none, or did not want to be known. */
export const unnamed = ({ caller }: TicketView): string =>
  caller.phone || caller.address ? 'ticket.caller.unnamed' : 'ticket.caller.anonymous';
