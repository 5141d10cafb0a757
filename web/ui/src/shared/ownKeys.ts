// Keys that somebody has moved to where the own hands find them; kept on the server, as seats are shared.
import { onLogOut } from '@/session/store';
import { http } from '@/shared/http';
import { bindingOf, KEYS, moveKeys, type KeyBinding, type KeyId, type Press } from '@/shared/keys';

/** Act → key, as the server keeps it: ctrl+shift+KeyQ. */
type Own = Readonly<Record<string, string>>;
type Pressed = Pick<Press, 'code' | 'ctrlKey' | 'shiftKey'>;

const SIGNS: Readonly<Record<string, string>> = {
  BracketLeft: '[',
  BracketRight: ']',
  Slash: '/',
  Backslash: '\\',
  Comma: ',',
  Period: '.',
  Semicolon: ';',
  Quote: "'",
  Minus: '-',
  Equal: '=',
  Backquote: '`',
};
let own: Own = {};

const isKey = (id: string): id is KeyId => id in KEYS;

export const keyOf = ({ code, ctrlKey, shiftKey }: Pressed): string =>
  `${ctrlKey ? 'ctrl+' : ''}${shiftKey ? 'shift+' : ''}${code}`;

export function bindingFrom(id: KeyId, key: string): KeyBinding {
  const code = key.split('+').at(-1) ?? '';
  const [ctrl, shift] = [key.includes('ctrl+'), key.includes('shift+')];
  const sign = SIGNS[code] ?? code.replace(/^(Key|Digit)/, '');
  return { code, ctrl, shift, shown: `${ctrl ? 'Ctrl+' : ''}${shift ? 'Shift+' : ''}${sign}`, group: KEYS[id].group };
}

const isEverywhere = ({ group }: KeyBinding): boolean => group === 'call' || group === 'page';
const sameKey = (a: KeyBinding, b: KeyBinding): boolean =>
  a.code === b.code && Boolean(a.ctrl) === Boolean(b.ctrl) && Boolean(a.shift) === Boolean(b.shift);

/** Another act that has this key where the first one is used; null: it is free. */
export function clashOf(id: KeyId, key: string): KeyId | null {
  const wanted = bindingFrom(id, key);
  const others = (Object.keys(KEYS) as KeyId[]).filter((other) => other !== id);
  const meets = (other: KeyBinding): boolean =>
    other.group === wanted.group || isEverywhere(other) || isEverywhere(wanted);
  return others.find((other) => sameKey(bindingOf(other), wanted) && meets(KEYS[other])) ?? null;
}

function take(keys: Own): void {
  own = keys;
  moveKeys(
    Object.fromEntries(
      Object.entries(keys).flatMap(([id, key]) => (isKey(id) ? [[id, bindingFrom(id, key)]] : [])),
    ) as Partial<Record<KeyId, KeyBinding>>,
  );
}

export async function loadOwnKeys(): Promise<void> {
  take((await http.get<{ keys: Own }>('/own-keys')).keys);
}

async function keep(keys: Own): Promise<void> {
  take((await http.put<{ keys: Own }>('/own-keys', { keys })).keys);
}

export const moveKey = (id: KeyId, key: string): Promise<void> => keep({ ...own, [id]: key });

/** As the page comes. */
export const restoreKeys = (): Promise<void> => keep({});

onLogOut(() => take({}));
