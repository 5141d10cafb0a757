// Who is logged in, as the server tells it.
import type { components } from '@/api/schema';

export type Session = components['schemas']['SessionView'];
export type Role = components['schemas']['Role'];
