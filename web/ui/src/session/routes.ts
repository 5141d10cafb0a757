import type { RouteRecordRaw } from 'vue-router';

export const sessionRoutes: RouteRecordRaw[] = [
  {
    path: '/log-in',
    name: 'log-in',
    component: () => import('@/session/pages/LogInPage.vue'),
    meta: { title: 'session.title', isPublic: true },
  },
];
