// Filters live in the URL, so that a list can be sent to a colleague as it is.
import { computed } from 'vue';
import { useRoute, useRouter } from 'vue-router';

export function useUrlValues(names: readonly string[]) {
  const route = useRoute();
  const router = useRouter();

  /** The same object until one of them changes: whoever watches them does not hear of the rest of the address. */
  const values = computed<Record<string, string>>((before) => {
    const set = names.map((name) => [name, route.query[name]] as const);
    const now = Object.fromEntries(set.filter((pair): pair is [string, string] => typeof pair[1] === 'string'));
    return before && JSON.stringify(before) === JSON.stringify(now) ? before : now;
  });

  function change(next: Record<string, string>): void {
    const kept = Object.entries(route.query).filter(([name]) => !names.includes(name));
    const set = Object.entries(next).filter(([, value]) => value);
    void router.replace({ query: { ...Object.fromEntries(kept), ...Object.fromEntries(set) } });
  }

  return { values, change };
}
