import type { RouteRecordRaw } from 'vue-router';

export const noticeRoutes: RouteRecordRaw[] = [
  {
    path: '/notices',
    name: 'notices',
    component: () => import('@/notices/pages/NoticesPage.vue'),
    meta: { title: 'notices.title', roles: ['supervisor', 'administrator', 'shift_leader', 'escalation', 'inspector'] },
  },
];
