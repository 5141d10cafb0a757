// Who is logged in, as the server tells it.

export type Role =
  | 'agent'
  | 'dispatcher'
  | 'unit_officer'
  | 'auditor'
  | 'callback'
  | 'escalation'
  | 'shift_leader'
  | 'quality'
  | 'supervisor'
  | 'specialist'
  | 'administrator'
  | 'inspector';

export interface Session {
  readonly csrf_token: string;
  readonly now: string;
  readonly person: {
    readonly id: number;
    readonly name: string;
    readonly staff_number: string;
    readonly roles: readonly string[];
    readonly unit_id: number;
    readonly unit_name: string;
  };
}
