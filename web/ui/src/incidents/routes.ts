import type { RouteRecordRaw } from 'vue-router';

export const incidentRoutes: RouteRecordRaw[] = [
  {
    path: '/incidents',
    name: 'incidents',
    component: () => import('@/incidents/pages/IncidentsPage.vue'),
    meta: { title: 'incidents.title', roles: ['dispatcher', 'supervisor', 'shift_leader', 'inspector'] },
  },
];
