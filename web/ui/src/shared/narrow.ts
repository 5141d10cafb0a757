// How much room the window has: on a phone some rows of buttons become one button and a menu; wide ones show list and order.
import { readonly, ref, type Ref } from 'vue';

function watched(condition: string): Readonly<Ref<boolean>> {
  const query = window.matchMedia(condition);
  const holds = ref(query.matches);
  query.addEventListener('change', ({ matches }) => (holds.value = matches));
  return readonly(holds);
}

export const isNarrow = watched('(max-width: 700px)');
/** A list and its order fit beside each other. */
export const isSplit = watched('(min-width: 1200px)');
