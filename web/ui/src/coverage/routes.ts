import type { RouteRecordRaw } from 'vue-router';

export const coverageRoutes: RouteRecordRaw[] = [
  {
    path: '/coverage',
    name: 'coverage',
    component: () => import('@/coverage/pages/CoveragePage.vue'),
    meta: { title: 'coverage.title', roles: ['supervisor', 'inspector', 'administrator'] },
  },
];
