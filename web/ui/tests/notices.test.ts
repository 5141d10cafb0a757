// What is told in the corner of the page, and what the bell counts.
import { createPinia, setActivePinia } from 'pinia';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { useNotices } from '@/shared/notices';

describe('a notice', () => {
  beforeEach(() => {
    vi.stubGlobal('window', globalThis);
    vi.useFakeTimers();
    setActivePinia(createPinia());
  });

  it('of the same refusal stands there once, and the bell counts it once', () => {
    const notices = useNotices();

    for (let times = 0; times < 3; times++) notices.tell('服务暂时不可用', 'late');

    expect(notices.shown.map(({ text }) => text)).toEqual(['服务暂时不可用']);
    expect(notices.kept).toHaveLength(1);
    expect(notices.unread).toBe(1);
  });

  it('of what was done is told each time, and another refusal beside the first', () => {
    const notices = useNotices();

    notices.tell('签收：已完成', 'good');
    notices.tell('签收：已完成', 'good');
    notices.tell('工单已归档', 'late');

    expect(notices.shown).toHaveLength(3);
    expect(notices.unread).toBe(3);
  });
});
