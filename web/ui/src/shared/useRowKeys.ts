// Moving through a list with ↑ ↓ j k, opening with Enter; the chosen row stays in sight.
import { nextTick, watch, type Ref } from 'vue';
import { useKeys } from '@/shared/keys';

export interface RowKeys<Row> {
  readonly rows: Readonly<Ref<readonly Row[]>>;
  readonly keyOf: (row: Row) => string;
  readonly chosen: Ref<string | null>;
  readonly open: (row: Row) => void;
  /** j and k mean something else on this page */
  readonly hasOwnLetters?: boolean;
}

export function useRowKeys<Row>({ rows, keyOf, chosen, open, hasOwnLetters = false }: RowKeys<Row>): void {
  const place = (): number => rows.value.findIndex((row) => keyOf(row) === chosen.value);

  function move(by: number): void {
    const next = rows.value[Math.min(rows.value.length - 1, Math.max(0, place() + by))];
    if (next !== undefined) chosen.value = keyOf(next);
  }

  useKeys({
    ...(!hasOwnLetters && { 'page.downLetter': () => move(1), 'page.upLetter': () => move(-1) }),
    'page.down': () => move(1),
    'page.up': () => move(-1),
    'page.open': () => {
      const row = rows.value[place()];
      if (row !== undefined) open(row);
    },
  });
  watch(chosen, async () => {
    await nextTick();
    document.querySelector('[data-row].here')?.scrollIntoView({ block: 'nearest' });
  });
}
