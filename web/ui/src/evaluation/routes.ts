import type { RouteRecordRaw } from 'vue-router';

export const evaluationRoutes: RouteRecordRaw[] = [
  {
    path: '/satisfaction',
    name: 'satisfaction',
    component: () => import('@/evaluation/pages/SatisfactionPage.vue'),
    meta: { title: 'satisfaction.title', roles: ['supervisor', 'shift_leader', 'inspector'] },
  },
];
