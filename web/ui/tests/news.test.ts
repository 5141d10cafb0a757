import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { effectScope, type EffectScope } from 'vue';
import { live } from '@/shared/live';
import { useNews } from '@/shared/news';

/** The browser's socket, as far as live.ts uses it; the test is the server. */
class Line extends EventTarget {
  static readonly OPEN = 1;
  static newest: Line;
  readyState = 0;
  private seq = 0;
  readonly said: string[] = [];

  constructor() {
    super();
    Line.newest = this;
  }

  open(): void {
    this.readyState = Line.OPEN;
    this.dispatchEvent(new Event('open'));
  }

  send(wish: string): void {
    this.said.push(wish);
  }

  tell(kind: 'snapshot' | 'delta'): void {
    this.seq += 1;
    this.dispatchEvent(new MessageEvent('message', { data: JSON.stringify({ topic: 'sms', kind, seq: this.seq }) }));
  }

  close(): void {
    this.readyState = 3;
  }
}

describe('a list that hears news', () => {
  const reload = vi.fn(() => Promise.resolve());
  let scope: EffectScope;

  beforeEach(() => {
    vi.useFakeTimers();
    vi.stubGlobal('window', globalThis);
    vi.stubGlobal('location', { origin: 'http://127.0.0.1' });
    vi.stubGlobal('WebSocket', Line);
    scope = effectScope();
    live.start(() => undefined);
  });

  afterEach(() => {
    scope.stop();
    live.stop();
    reload.mockClear();
    vi.useRealTimers();
    vi.unstubAllGlobals();
  });

  const watch = (): void => scope.run(() => useNews('sms', reload));

  it('reads at once while the link is not open, and again once it hears', () => {
    watch();
    vi.advanceTimersByTime(0);
    expect(reload).toHaveBeenCalledTimes(1);
    Line.newest.open();
    Line.newest.tell('snapshot');
    expect(reload).toHaveBeenCalledTimes(2);
  });

  it('reads once on an open link: when it hears, so that no change falls between', () => {
    Line.newest.open();
    watch();
    vi.advanceTimersByTime(10);
    expect(reload).not.toHaveBeenCalled();
    Line.newest.tell('snapshot');
    vi.advanceTimersByTime(1000);
    expect(reload).toHaveBeenCalledTimes(1);
    Line.newest.tell('delta');
    expect(reload).toHaveBeenCalledTimes(2);
  });

  it('reads without the snapshot when that stays away, and nothing once the page is left', () => {
    Line.newest.open();
    watch();
    vi.advanceTimersByTime(300);
    expect(reload).toHaveBeenCalledTimes(1);
    scope.stop();
    Line.newest.tell('delta');
    vi.advanceTimersByTime(1000);
    expect(reload).toHaveBeenCalledTimes(1);
  });
});
