// Filters live in the URL, so that a list can be sent to a colleague as it is.
import { computed } from 'vue';
import { useRoute, useRouter } from 'vue-router';

export function useUrlValues(names: readonly string[]) {
  const route = useRoute();
  const router = useRouter();

  const values = computed<Record<string, string>>(() => {
    const set = names.map((name) => [name, route.query[name]] as const);
    return Object.fromEntries(set.filter((pair): pair is [string, string] => typeof pair[1] === 'string'));
  });

  function change(next: Record<string, string>): void {
    const kept = Object.entries(route.query).filter(([name]) => !names.includes(name));
    const set = Object.entries(next).filter(([, value]) => value);
    void router.replace({ query: { ...Object.fromEntries(kept), ...Object.fromEntries(set) } });
  }

  return { values, change };
}
