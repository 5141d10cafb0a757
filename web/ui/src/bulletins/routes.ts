import type { RouteRecordRaw } from 'vue-router';

export const bulletinRoutes: RouteRecordRaw[] = [
  {
    path: '/notices/bulletins',
    name: 'bulletins',
    component: () => import('@/bulletins/pages/BulletinsPage.vue'),
    meta: {
      title: 'bulletins.title',
      roles: ['supervisor', 'administrator', 'shift_leader', 'escalation', 'inspector'],
    },
  },
];
