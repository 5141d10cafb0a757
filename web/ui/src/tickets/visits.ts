// 现场走访: what the server says of visits, in words.
import type { components } from '@/api/schema';
import { t } from '@/i18n';
import { http, newKey } from '@/shared/http';
import { dueMoment } from '@/shared/times';

type Schemas = components['schemas'];
export type Visit = Schemas['VisitView'];
export type VisitBody = Schemas['VisitForm'];

export const readVisits = (number: string): Promise<Visit[]> => http.get(`/tickets/${number}/visits`);

export const recordVisit = (number: string, form: VisitBody): Promise<Visit> =>
  http.post(`/tickets/${number}/visits`, { form }, newKey());

/** 10-13 09:12 赵六、钱七 到南湖小区三号楼，见到住户本人 */
export function visitWords({
  visited_at,
  visitors,
  place,
  met,
}: Pick<Visit, 'visited_at' | 'visitors' | 'place' | 'met'>) {
  const whom = met ? t('visit.met', { whom: met }) : t('visit.nobody');
  return t('visit.words', { at: dueMoment(visited_at), visitors, place, whom });
}
