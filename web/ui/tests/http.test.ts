import { describe, expect, it } from 'vitest';
import { Problem, queryString } from '@/shared/http';

describe('problems', () => {
  it('put the server’s sentence at its field', () => {
    const problem = new Problem({
      status: 422,
      code: 'invalid',
      detail: '填写有误',
      errors: [
        { loc: ['body', 'text'], code: 'string_too_short', message: '至少 10 个字' },
        { loc: ['body', 'contact', 'phone'], code: 'phone', message: '号码不对' },
        { loc: ['query', 'after'], code: 'cursor', message: '翻页标记无效' },
      ],
    });
    expect(problem.fields).toEqual({ text: '至少 10 个字', 'contact.phone': '号码不对' });
  });
});

describe('queries', () => {
  it('leave out what is empty and repeat lists', () => {
    expect(queryString({ state: ['a', 'b'], search: '', after: null, mine: false })).toBe(
      '?state=a&state=b&mine=false',
    );
  });
});
