import { describe, expect, it } from 'vitest';
import { ticketQuery } from '@/tickets/ticketQuery';

describe('the address of the ticket list', () => {
  it('asks for whole days of the city, both counted', () => {
    expect(ticketQuery({ from: '2026-10-01', to: '2026-10-13', topic_id: '7', sort: 'due' })).toEqual({
      topic_id: '7',
      sort: 'due',
      since: '2026-09-30T16:00:00.000Z',
      until: '2026-10-13T16:00:00.000Z',
    });
  });

  it('leaves a day that is none for the server to refuse', () => {
    expect(ticketQuery({ from: '2026-13-01' })).toEqual({ since: '2026-13-01' });
  });
});
