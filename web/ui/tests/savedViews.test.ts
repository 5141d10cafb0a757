import { describe, expect, it } from 'vitest';
import { readAll } from '@/shared/exports';
import { asQuery, asValues } from '@/tickets/savedViews';

describe('a saved view', () => {
  it('is the same in whatever order its filters were set', () => {
    expect(asQuery({ state: 'closed', due: 'over' })).toBe(asQuery({ due: 'over', state: 'closed' }));
  });

  it('gives back the filters it was made of', () => {
    const values = { search: '暖气 & 不热=?', state: 'closed' };

    expect(asValues(asQuery(values))).toEqual(values);
  });
});

describe('an export', () => {
  it('tells after every piece how much has come', async () => {
    const pieces = [new Uint8Array(3), new Uint8Array(4)];
    const heard: number[] = [];
    const body = new ReadableStream<Uint8Array<ArrayBuffer>>({
      start(controller) {
        pieces.forEach((piece) => controller.enqueue(piece));
        controller.close();
      },
    });

    const read = await readAll(body, (bytes) => heard.push(bytes));

    expect(heard).toEqual([3, 7]);
    expect(read).toEqual(pieces);
  });
});
