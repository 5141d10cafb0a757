import type { RouteRecordRaw } from 'vue-router';

export const mailRoutes: RouteRecordRaw[] = [
  {
    path: '/mails',
    name: 'mails',
    component: () => import('@/mails/pages/MailsPage.vue'),
    meta: { title: 'mails.title', roles: ['agent', 'specialist', 'shift_leader', 'supervisor', 'inspector'] },
  },
];
