import type { RouteRecordRaw } from 'vue-router';

const roles = ['supervisor', 'administrator', 'inspector'] as const;

export const publicationRoutes: RouteRecordRaw[] = [
  {
    path: '/publications',
    name: 'publications',
    component: () => import('@/publications/pages/PublicationsPage.vue'),
    meta: { title: 'publications.title', roles },
  },
];
