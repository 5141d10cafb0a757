// Which rows of the inbox are shown: a tab's or a figure's, narrowed by the search; all of it stands in the address.
import { computed } from 'vue';
import { useRoute, useRouter } from 'vue-router';
import { useSession } from '@/session/store';
import {
  INBOX_FIGURES,
  INBOX_TABS,
  isAnswered,
  owesFirstStep,
  type InboxFigure,
  type InboxRow,
  type InboxTab,
} from '@/tickets/types';
import { useListSearch } from '@/tickets/useListSearch';

export const INBOX_FILTERS = ['type', 'urgency', 'topic_id'] as const;

const promise = (row: InboxRow): string | undefined => row.promise_due_at ?? undefined;

export function useInboxView() {
  const route = useRoute();
  const router = useRouter();
  const session = useSession();
  const search = useListSearch([...INBOX_FILTERS, 'working_unit_id']);

  /** Whether the four figures are of the unit with all below it. */
  const withBelow = computed({
    get: () => route.query['with_below'] === 'true',
    set: (is) => void router.replace({ query: { ...route.query, with_below: is ? 'true' : undefined } }),
  });
  const tab = computed<InboxTab>(() => INBOX_TABS.find((one) => one === route.query['tab']) ?? 'to_sign');
  /** A figure of the head whose rows are shown instead of a tab's. */
  const figure = computed(() => INBOX_FIGURES.find((one) => one === route.query['figure']) ?? null);
  /** What the list is asked for; `with_below` matters to a figure only. */
  const wanted = computed(() => ({
    ...search.query.value,
    ...(figure.value ? { figure: figure.value, with_below: withBelow.value } : { tab: tab.value }),
  }));
  /** The tab whose acts fit all rows; null: they are of several. */
  const kind = computed<InboxTab | null>(() => {
    if (figure.value === null) return tab.value;
    return figure.value === 'to_sign' ? 'to_sign' : null;
  });

  /** Whether this unit answers for it; else one above sent it down, or it is helped. */
  const isLed = (row: InboxRow): boolean => row.unit?.id === session.person?.unit_id;

  /**
   * The limit that the unit works against: first to sign, then to take a first step, then the inner one below, then to
   * answer; after that only what it promised with the answer, if anything.
   * What is on the shelf comes back on its day of review.
   */
  function due(row: InboxRow): string | null | undefined {
    if (row.state === 'parked') return row.step_due_at;
    if (row.state === 'replied' || isAnswered(row.state)) return promise(row);
    if (figure.value && figure.value !== 'to_sign') return row.unit_due_at;
    if (kind.value === 'to_sign' && !row.signed_at && row.sign_due_at) return row.sign_due_at;
    return owesFirstStep(row) ? row.first_due_at : answerDue(row);
  }

  function answerDue(row: InboxRow): string | null {
    const isBelow = !isLed(row) || kind.value === 'to_sign';
    return isBelow && row.inner_due_at ? row.inner_due_at : row.unit_due_at;
  }

  /** A tab, or the rows of a figure; the figure that is shown already leads back to the tab. */
  function show(what: { tab: InboxTab } | { figure: InboxFigure }): void {
    const isBack = 'figure' in what && what.figure === figure.value;
    void router.replace({ query: { ...route.query, figure: undefined, ...(isBack ? {} : what) } });
  }

  return { search, withBelow, tab, figure, wanted, kind, isLed, due, show };
}
