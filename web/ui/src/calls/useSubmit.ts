// 提交: every fault at once, the server's refusal at its field, the same key when it is sent again.
import { computed } from 'vue';
import { formFaults, proposedTitle, type FieldName } from '@/calls/draftForm';
import { useDesk } from '@/calls/desk';
import type { DraftView } from '@/calls/types';
import { t } from '@/i18n';
import { useForm } from '@/shared/useForm';

/** A field of the form, or of one question of its topic. */
type Field = FieldName | `points.${string}`;

const FIELDS: Readonly<Partial<Record<FieldName, string>>> = {
  text: 'text',
  place_text: 'place',
  type: 'type',
  topic_id: 'topic',
  phone: 'phone',
  company_name: 'company',
  representative: 'representative',
  title: 'title',
};

export function useSubmit(draft: () => DraftView, flush: () => Promise<void>) {
  const desk = useDesk();
  const labels = computed(() =>
    Object.fromEntries(Object.entries(FIELDS).map(([name, key]) => [name, t(`desk.fields.${key}`)])),
  );

  function fault(name: FieldName): string {
    const found = formFaults(draft().form)[name];
    return found ? t(found.key, { ...found, field: labels.value[name] }) : '';
  }

  const rules = Object.fromEntries(Object.keys(FIELDS).map((name) => [name, () => fault(name as FieldName)]));
  const { faults, shown, isSending, check, send } = useForm<Field>(rules);

  async function submit(): Promise<void> {
    await send(async () => {
      draft().form.title ||= proposedTitle(draft().form);
      await flush();
      await desk.register(draft());
    });
  }

  return { faults, shown, labels, isSending, check, submit };
}
