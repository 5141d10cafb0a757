import type { RouteRecordRaw } from 'vue-router';

export const ticketRoutes: RouteRecordRaw[] = [
  {
    path: '/tickets',
    name: 'tickets',
    component: () => import('@/tickets/pages/TicketsPage.vue'),
    meta: { title: 'tickets.title' },
  },
  {
    path: '/tickets/:number(\\d{12})',
    name: 'ticket',
    component: () => import('@/tickets/pages/TicketPage.vue'),
    props: true,
    meta: { title: 'ticket.title' },
  },
  {
    path: '/dispatch',
    name: 'dispatch',
    component: () => import('@/tickets/pages/DispatchPage.vue'),
    meta: { title: 'dispatch.title', roles: ['dispatcher'] },
  },
  {
    path: '/dispatch/sent',
    name: 'dispatchSent',
    component: () => import('@/tickets/pages/SentPage.vue'),
    props: { what: 'sent' },
    meta: { title: 'dispatch.tabs.sent', roles: ['dispatcher'] },
  },
  {
    path: '/dispatch/automatic',
    name: 'dispatchAutomatic',
    component: () => import('@/tickets/pages/SentPage.vue'),
    props: { what: 'automatic' },
    meta: { title: 'dispatch.tabs.automatic', roles: ['dispatcher', 'supervisor'] },
  },
  {
    path: '/unit/inbox',
    name: 'inbox',
    component: () => import('@/tickets/pages/UnitInboxPage.vue'),
    meta: { title: 'inbox.title', roles: ['unit_officer'] },
  },
  {
    path: '/audit',
    name: 'audit',
    component: () => import('@/tickets/pages/AuditPage.vue'),
    meta: { title: 'audit.title', roles: ['auditor'] },
  },
  {
    path: '/decisions',
    name: 'decisions',
    component: () => import('@/tickets/pages/DecisionsPage.vue'),
    meta: { title: 'decisions.title', roles: ['supervisor'] },
  },
  {
    path: '/callback',
    name: 'callback',
    component: () => import('@/tickets/pages/CallbackPage.vue'),
    meta: { title: 'callback.title', roles: ['callback'] },
  },
  {
    path: '/completions',
    name: 'completions',
    component: () => import('@/tickets/pages/CompletionsPage.vue'),
    meta: { title: 'completion.title', roles: ['agent', 'specialist', 'callback', 'dispatcher'] },
  },
];
