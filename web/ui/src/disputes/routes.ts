import type { RouteRecordRaw } from 'vue-router';

export const disputeRoutes: RouteRecordRaw[] = [
  {
    path: '/disputes',
    name: 'disputes',
    component: () => import('@/disputes/pages/DisputesPage.vue'),
    meta: { title: 'disputes.title', roles: ['dispatcher', 'supervisor', 'shift_leader', 'inspector'] },
  },
];
