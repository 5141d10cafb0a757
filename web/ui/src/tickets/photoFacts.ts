// What is known of a photo besides who added it: what it shows, when and where it was taken.
import { t } from '@/i18n';
import { dueMoment } from '@/shared/times';
import type { PhotoView } from '@/tickets/photos';

export function factsOf({ kind, taken_at, latitude, longitude }: PhotoView): string[] {
  return [
    kind === 'other' ? '' : t(`code.photoKind.${kind}`),
    taken_at ? t('photos.takenAt', { at: dueMoment(taken_at) }) : '',
    latitude !== null && longitude !== null ? t('photos.takenAround', { place: `${latitude}, ${longitude}` }) : '',
  ].filter(Boolean);
}
