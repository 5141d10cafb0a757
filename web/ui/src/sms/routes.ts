import type { RouteRecordRaw } from 'vue-router';

export const smsRoutes: RouteRecordRaw[] = [
  {
    path: '/sms',
    name: 'sms',
    component: () => import('@/sms/pages/MessagesPage.vue'),
    meta: { title: 'sms.title', roles: ['supervisor', 'administrator'] },
  },
  {
    path: '/sms/costs',
    name: 'sms-costs',
    component: () => import('@/sms/pages/CostsPage.vue'),
    meta: { title: 'sms.costs.title', roles: ['supervisor', 'administrator'] },
  },
  {
    path: '/sms/templates',
    name: 'sms-templates',
    component: () => import('@/sms/pages/TemplatesPage.vue'),
    meta: { title: 'sms.templates.title', roles: ['supervisor', 'administrator'] },
  },
];
