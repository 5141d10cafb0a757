// One's own acts beside an open form, such as a photo or a visit: the form does not take them for somebody else's.
import { onScopeDispose } from 'vue';

type Heard = (number: string) => void;
const heard = new Set<Heard>();

/** The ticket has one more version, and it is one's own. */
export function tellOwnChange(number: string): void {
  for (const hear of heard) hear(number);
}

export function onOwnChange(hear: Heard): void {
  heard.add(hear);
  onScopeDispose(() => heard.delete(hear));
}
