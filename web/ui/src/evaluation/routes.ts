import type { RouteRecordRaw } from 'vue-router';

export const evaluationRoutes: RouteRecordRaw[] = [
  {
    path: '/satisfaction',
    name: 'satisfaction',
    component: () => import('@/evaluation/pages/SatisfactionPage.vue'),
    meta: { title: 'satisfaction.title', roles: ['supervisor', 'shift_leader', 'inspector'] },
  },
  {
    path: '/counters',
    name: 'counters',
    component: () => import('@/evaluation/pages/CountersPage.vue'),
    meta: { title: 'counters.title', roles: ['administrator', 'supervisor', 'shift_leader', 'inspector'] },
  },
  {
    path: '/classes',
    name: 'classes',
    component: () => import('@/evaluation/pages/ClassesPage.vue'),
    meta: { title: 'classes.waiting', roles: ['auditor', 'supervisor', 'inspector'] },
  },
];
