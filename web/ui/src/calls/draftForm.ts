// The desk's form as the server keeps it: whatever was typed so far, by field name.

import type { components } from '@/api/schema';

export type TicketForm = components['schemas']['TicketForm'];

export type FieldName = keyof TicketForm;

export const TEXT_LEAST = 10;
export const TEXT_MOST = 10_000;
export const TITLE_MOST = 30;
/** More people than this are a group and name somebody who speaks for them. */
export const GROUP_ABOVE = 5;

export function emptyForm(): TicketForm {
  return {
    text: '',
    place_id: null,
    place_text: '',
    no_place_reason: '',
    type: null,
    topic_id: null,
    urgency: 'normal',
    caller_name: '',
    caller_salutation: 'unknown',
    caller_kind: 'person',
    company_name: '',
    phone: '',
    is_anonymous: false,
    contact_time: 'any',
    reply_way: 'phone',
    secrecy: null,
    accused: '',
    accused_unit_id: null,
    happened_text: '',
    points: [],
    people_count: 1,
    representative: '',
    title: '',
    outside_number: '',
  };
}

/** 举报 keeps its caller from the accused unless somebody chose otherwise. */
export function presetSecrecy(form: Pick<TicketForm, 'secrecy' | 'type'>): NonNullable<TicketForm['secrecy']> {
  return form.secrecy ?? (form.type === 'report' ? 'from_accused' : 'none');
}

/** How people begin before they say what is wrong. */
const OPENING = /^(您好|你好|喂|我家住|家住|我住|我是|我在|我想|来电人反映$)/;
const TELLING_LEAST = 4;

/** A title of place, accused and the first words said, or nothing to offer yet. */
export function proposedTitle(form: Pick<TicketForm, 'text' | 'place_text' | 'accused'>): string {
  const clauses = form.text.split(/[，。；！？,.;!?\n]/).map((clause) => clause.trim());
  const telling = clauses.filter((clause) => clause.length >= TELLING_LEAST && !OPENING.test(clause));
  const first = telling[0];
  if (!first) return '';
  const place = form.place_text.split(' › ').at(-1) ?? '';
  const lead = [place, form.accused.trim()].filter((part) => part && !first.includes(part)).join(' ');
  return (lead ? `${lead}：${first}` : first).slice(0, TITLE_MOST);
}

/** Stretches that look like a phone or an identity number: hidden in the version for outside. */
export function likelyNumbers(text: string): string[] {
  return text.match(/(?<!\d)(?:1[3-9]\d{9}|\d{17}[\dXx]|0\d{2,3}-?\d{7,8})(?!\d)/g) ?? [];
}

/** Whether a number is the one that is shown masked, e.g. 138****5678. */
export function fitsMask(number: string, masked: string): boolean {
  return number.length === masked.length && [...masked].every((digit, at) => digit === '*' || digit === number[at]);
}

export type Fault = { key: string; n?: number; left?: number };

type Rule = readonly [FieldName, (form: TicketForm) => Fault | null];

const missing = (name: FieldName, isMissing: (form: TicketForm) => boolean, key = 'form.missing'): Rule => [
  name,
  (form) => (isMissing(form) ? { key } : null),
];
const short = (form: TicketForm): Fault | null => {
  const length = form.text.trim().length;
  return length < TEXT_LEAST ? { key: 'form.tooShort', n: TEXT_LEAST, left: TEXT_LEAST - length } : null;
};

/** In the order of the form. */
const RULES: readonly Rule[] = [
  ['text', short],
  ['text', (form) => (form.text.trim().length > TEXT_MOST ? { key: 'form.tooLong', n: TEXT_MOST } : null)],
  missing('place_text', (form) => !form.place_id && !form.place_text.trim() && !form.no_place_reason.trim()),
  missing('type', (form) => form.type === null, 'form.choose'),
  missing('phone', (form) => !form.is_anonymous && !form.phone.trim()),
  missing('company_name', (form) => form.caller_kind === 'company' && !form.company_name.trim()),
  missing('representative', (form) => form.people_count > GROUP_ABOVE && !form.representative.trim()),
  ['title', (form) => (form.title.length > TITLE_MOST ? { key: 'form.tooLong', n: TITLE_MOST } : null)],
];

/** What keeps the form from being sent, by field; the server judges again. */
export function formFaults(form: TicketForm): Partial<Record<FieldName, Fault>> {
  const found = RULES.flatMap(([name, judge]) => {
    const fault = judge(form);
    return fault ? [[name, fault] as const] : [];
  });
  return Object.fromEntries(found);
}
