// Photos of a draft or a ticket: what the server says of them, and what can be done.
import type { components } from '@/api/schema';
import { http, uploaded } from '@/shared/http';

type Schemas = components['schemas'];
export type PhotoView = Schemas['PhotoView'];
export type PhotoKind = PhotoView['kind'];
export type PhotosView = Schemas['PhotosView'];
export type MaterialCode = Schemas['MaterialCodeView'];

/** `/tickets/{number}` or `/drafts/{id}`. */
export type PhotoOwner = `/tickets/${string}` | `/drafts/${number}`;

export const readPhotos = (owner: PhotoOwner): Promise<PhotosView> => http.get(`${owner}/photos`);
/** Ask the citizen for photos by SMS. */
export const askForPhotos = (owner: PhotoOwner): Promise<MaterialCode> => http.post(`${owner}/material-codes`);
/** What somebody says of a photo of a ticket; positions are kept only where they are wanted. */
export interface Shows {
  readonly withPosition?: boolean;
  readonly kind?: PhotoKind;
  readonly visitId?: number | null;
}
export const addPhoto = (
  owner: PhotoOwner,
  file: File,
  { withPosition = false, kind = 'other', visitId = null }: Shows = {},
): Promise<PhotoView> => {
  const said = owner.startsWith('/tickets/') && { with_position: withPosition, kind, visit_id: visitId };
  return uploaded(`${owner}/photos`, said || {}, file);
};

/** Of a sealed ticket, for five minutes; the purpose is logged. */
export const openPhotos = (number: string, purpose: string): Promise<PhotosView> =>
  http.post(`/tickets/${number}/photos/open`, { purpose });
/** 不外传, or shown to units again. */
export const redactPhoto = (id: number, is_hidden: boolean): Promise<PhotoView> =>
  http.post(`/photos/${id}/redact`, { is_hidden });

export const photoUrl = (id: number): string => `/api/photos/${id}`;
export const thumbnailUrl = (id: number): string => `/api/photos/${id}/thumbnail`;
