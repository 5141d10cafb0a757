import { describe, expect, it } from 'vitest';
import { nameOf } from '@/shared/http';
import { others } from '@/tickets/usePresence';

describe('who else is at a ticket', () => {
  const people = [
    { id: 3, name: '沈望舒', unit: '热线中心' },
    { id: 7, name: '方建业', unit: '市住建局' },
  ];

  it('leaves out whoever looks', () => {
    expect(others(people, 7).map(({ name }) => name)).toEqual(['沈望舒']);
    expect(others(people, undefined)).toHaveLength(2);
  });
});

describe('the name of a file', () => {
  it('is read as the server wrote it, also in Chinese', () => {
    expect(nameOf("inline; filename*=UTF-8''%E6%89%BF%E5%8A%9E%E5%8D%95-2.pdf")).toBe('承办单-2.pdf');
    expect(nameOf('attachment; filename="tickets.csv"')).toBe('tickets.csv');
    expect(nameOf(null)).toBe('');
  });
});
