// A line of the catalogue that is being written: from a line that stands, an earlier version, or nothing but a topic and a place.
import type { Line, LineForm } from '@/catalogue/api';

export interface LineDraft {
  readonly form: LineForm;
  /** the name of the place that is chosen already */
  readonly place: string;
  /** the newest version that was seen; 0: there is none */
  readonly version: number;
}

/** What a version says, to be changed or said again as the version after `newest`. */
export function draftOf(line: Line, newest: number, basis = line.basis): LineDraft {
  const { topic_id, place_id, unit_id, urgency, limit_class } = line;
  const form = { topic_id, place_id, unit_id, urgency, limit_class, basis, begins_on: null };
  return { form, place: line.place ?? '', version: newest };
}

export function newDraft(topic_id: number | null = null, place_id: number | null = null, place = ''): LineDraft {
  const form = { topic_id, place_id, unit_id: null, urgency: null, limit_class: '', basis: '', begins_on: null };
  return { form, place, version: 0 };
}
