// Photos of a draft or a ticket: what the server says of them, and what can be done.
import type { components } from '@/api/schema';
import { http, uploaded } from '@/shared/http';

type Schemas = components['schemas'];
export type PhotoView = Schemas['PhotoView'];
export type PhotosView = Schemas['PhotosView'];
export type MaterialCode = Schemas['MaterialCodeView'];

/** `/tickets/{number}` or `/drafts/{id}`. */
export type PhotoOwner = `/tickets/${string}` | `/drafts/${number}`;

export const readPhotos = (owner: PhotoOwner): Promise<PhotosView> => http.get(`${owner}/photos`);
/** Ask the citizen for photos by SMS. */
export const askForPhotos = (owner: PhotoOwner): Promise<MaterialCode> => http.post(`${owner}/material-codes`);
/** Only a ticket keeps positions: of a visit, and only where they are wanted. */
export const addPhoto = (owner: PhotoOwner, file: File, withPosition = false): Promise<PhotoView> =>
  uploaded(`${owner}/photos`, withPosition ? { with_position: 'true' } : {}, file);

export const photoUrl = (id: number): string => `/api/photos/${id}`;
export const thumbnailUrl = (id: number): string => `/api/photos/${id}/thumbnail`;
