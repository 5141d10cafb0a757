import type { RouteRecordRaw } from 'vue-router';

export const repairRoutes: RouteRecordRaw[] = [
  {
    path: '/repairs',
    name: 'repairs',
    component: () => import('@/repairs/pages/RepairsPage.vue'),
    meta: { title: 'repairs.title', roles: ['supervisor', 'inspector', 'escalation', 'shift_leader', 'callback'] },
  },
];
