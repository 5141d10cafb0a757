import type { RouteRecordRaw } from 'vue-router';
import { CALLER_ROLES } from '@/shared/pages';

export const staffRoutes: RouteRecordRaw[] = [
  {
    path: '/unit/roster',
    name: 'roster',
    component: () => import('@/staff/pages/RosterPage.vue'),
    meta: { title: 'roster.title', roles: ['unit_officer', 'administrator', 'supervisor'] },
  },
  {
    path: '/me',
    name: 'me',
    component: () => import('@/staff/pages/OwnPage.vue'),
    meta: { title: 'own.title', roles: CALLER_ROLES },
  },
];
