// The words of an act's fields: its own where it has some, else those that all acts share.
import { te, t } from '@/i18n';

/** Empty: there is nothing to say. */
export function wordOf(kind: 'fields' | 'hints', action: string, name: string): string {
  const own = `act.${kind}.${action}_${name}`;
  if (te(own)) return t(own);
  return te(`act.${kind}.${name}`) ? t(`act.${kind}.${name}`) : '';
}
