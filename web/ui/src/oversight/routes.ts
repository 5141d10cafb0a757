import type { RouteRecordRaw } from 'vue-router';

export const oversightRoutes: RouteRecordRaw[] = [
  {
    path: '/oversight',
    name: 'oversight',
    component: () => import('@/oversight/pages/OversightPage.vue'),
    meta: { title: 'oversight.title', roles: ['escalation', 'supervisor', 'shift_leader', 'inspector'] },
  },
];
