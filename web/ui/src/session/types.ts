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
