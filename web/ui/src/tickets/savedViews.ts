// One's own named lists: each is the query string of the list's address.
import { ref } from 'vue';
import type { components } from '@/api/schema';
import { http, newKey, queryString } from '@/shared/http';

export type SavedView = components['schemas']['SavedViewView'];
export type Values = Readonly<Record<string, string>>;

/** The same list gives the same string, in whatever order its filters were set. */
export function asQuery(values: Values): string {
  return queryString(Object.fromEntries(Object.entries(values).sort())).slice(1);
}

export function asValues(query: string): Record<string, string> {
  return Object.fromEntries(new URLSearchParams(query));
}

export function useSavedViews() {
  const views = ref<SavedView[]>([]);

  async function load(): Promise<void> {
    views.value = await http.get<SavedView[]>('/saved-views');
  }

  async function add(name: string, values: Values): Promise<void> {
    await http.post('/saved-views', { name, query: asQuery(values) }, newKey());
    await load();
  }

  async function rename(view: SavedView, name: string): Promise<void> {
    await http.put(`/saved-views/${view.id}`, { name, query: view.query });
    await load();
  }

  async function forget(view: SavedView): Promise<void> {
    await http.delete(`/saved-views/${view.id}`);
    await load();
  }

  return { views, load, add, rename, forget };
}
