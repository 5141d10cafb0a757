import { describe, expect, it } from 'vitest';
import { damm, inFours, readTyped } from '@/shared/ticketNumber';

describe('ticket numbers', () => {
  it('knows the published example of the Damm check digit', () => {
    expect(damm('5724')).toBe(0);
    expect(damm('5727')).not.toBe(0);
  });

  it('are shown in fours', () => {
    expect(inFours('261013008210')).toBe('2610 1300 8210');
  });

  const good = [...Array(10).keys()].map((digit) => `26101300821${digit}`).find((number) => damm(number) === 0) ?? '';

  it('are read in full width and with blanks', () => {
    const fullWidth = [...good].map((digit) => String.fromCharCode(digit.charCodeAt(0) + 0xfee0)).join('');
    expect(readTyped(fullWidth)).toEqual({ kind: 'number', number: good });
    expect(readTyped(` ${inFours(good)} `)).toEqual({ kind: 'number', number: good });
  });

  it('say when a digit was misheard', () => {
    const wrong = good.replace(/.$/, (digit) => String((Number(digit) + 1) % 10));
    expect(readTyped(wrong)).toEqual({ kind: 'misheard' });
  });

  it('leave words alone', () => {
    expect(readTyped(' 供热 南湖 ')).toEqual({ kind: 'text', text: '供热 南湖' });
  });
});
