import type { RouteRecordRaw } from 'vue-router';

export const indicatorRoutes: RouteRecordRaw[] = [
  {
    path: '/unit/figures',
    name: 'unit-figures',
    component: () => import('@/indicators/pages/UnitFiguresPage.vue'),
    meta: { title: 'unitFigures.title', roles: ['unit_officer', 'supervisor', 'inspector'] },
  },
  {
    path: '/objections',
    name: 'objections',
    component: () => import('@/indicators/pages/ObjectionsPage.vue'),
    meta: { title: 'objections.title', roles: ['supervisor', 'inspector'] },
  },
];
