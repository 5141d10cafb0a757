import type { RouteRecordRaw } from 'vue-router';
import { SEAT_ROLES } from '@/shared/pages';

export const callRoutes: RouteRecordRaw[] = [
  {
    path: '/desk',
    name: 'desk',
    component: () => import('@/calls/pages/DeskPage.vue'),
    meta: { title: 'desk.title', roles: SEAT_ROLES },
  },
];
