import type { RouteRecordRaw } from 'vue-router';

const roles = ['administrator', 'supervisor', 'dispatcher', 'inspector'] as const;

export const catalogueRoutes: RouteRecordRaw[] = [
  {
    path: '/catalogue',
    name: 'catalogue',
    component: () => import('@/catalogue/pages/CataloguePage.vue'),
    meta: { title: 'catalogue.title', roles },
  },
  {
    path: '/catalogue/bases',
    name: 'legalBases',
    component: () => import('@/catalogue/pages/LegalBasesPage.vue'),
    meta: { title: 'catalogue.bases.title', roles },
  },
];
