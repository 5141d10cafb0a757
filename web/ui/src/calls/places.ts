// Places of the city's tree, found while somebody types.
import { readPlaces } from '@/calls/api';
import { useNotices } from '@/shared/notices';

export interface PlaceFound {
  readonly value: string;
  readonly id: number;
}

/** For a field with suggestions; what the server refuses is said, and nothing is suggested. */
export async function findPlaces(typed: string, show: (found: PlaceFound[]) => void): Promise<void> {
  try {
    show((await readPlaces(typed.trim())).map(({ id, full_name }) => ({ id, value: full_name })));
  } catch (error) {
    useNotices().refuse(error);
    show([]);
  }
}
