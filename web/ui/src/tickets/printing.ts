// Printed paper: made by the server as PDF, shown in a tab of its own, from where it is printed or kept.
import { http } from '@/shared/http';
import { keepFile } from '@/shared/exports';

export interface Printed {
  readonly file: Blob;
  readonly name: string;
}

export const makeSheets = (numbers: readonly string[], purpose: string): Promise<Printed> =>
  http.file('/tickets/sheets', { numbers, purpose });

export const makePaper = (number: string, paperId: number, purpose: string): Promise<Printed> =>
  http.file(`/tickets/${number}/papers/${paperId}/print`, { purpose });

/** A tab that holds it for as long as it is open; where the browser allows none it is saved as a file. */
export function showPrint({ file, name }: Printed): void {
  const address = URL.createObjectURL(file);
  const tab = window.open(address, '_blank');
  if (!tab) keepFile(file, name);
  window.setTimeout(() => URL.revokeObjectURL(address), tab ? 60_000 : 0);
}
