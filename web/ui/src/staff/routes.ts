import type { RouteRecordRaw } from 'vue-router';

export const staffRoutes: RouteRecordRaw[] = [
  {
    path: '/unit/roster',
    name: 'roster',
    component: () => import('@/staff/pages/RosterPage.vue'),
    meta: { title: 'roster.title', roles: ['unit_officer', 'administrator', 'supervisor'] },
  },
];
