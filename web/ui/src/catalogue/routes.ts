import type { RouteRecordRaw } from 'vue-router';

export const catalogueRoutes: RouteRecordRaw[] = [
  {
    path: '/catalogue',
    name: 'catalogue',
    component: () => import('@/catalogue/pages/CataloguePage.vue'),
    meta: { title: 'catalogue.title', roles: ['administrator', 'supervisor', 'dispatcher', 'inspector'] },
  },
];
