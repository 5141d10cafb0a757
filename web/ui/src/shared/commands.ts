// What Ctrl+K offers besides the pages: each page registers its own acts while it is open.
import { computed, onScopeDispose, shallowReactive } from 'vue';

export interface Command {
  readonly words: string;
  readonly run: () => void;
}

const registered = shallowReactive(new Set<() => readonly Command[]>());

export const pageCommands = computed(() => [...registered].flatMap((commands) => commands()));

/** Offer these commands while the calling scope lives. */
export function useCommands(commands: () => readonly Command[]): void {
  registered.add(commands);
  onScopeDispose(() => registered.delete(commands));
}
