import { createRouter, type Router, type RouteRecordRaw, type RouterHistory } from 'vue-router'
import IssueScreen from './issue/IssueScreen.vue'
import MeScreen from './me/MeScreen.vue'
import OutboxScreen from './outbox/OutboxScreen.vue'
import ReportScreen from './report/ReportScreen.vue'
import TasksScreen from './tasks/TasksScreen.vue'

/** Nothing is shown until it is known who is there, and which screen is their first. */
const nothing = { render: () => null }

/** The addresses of the phone, as they stand in QR codes and in messages: /app/#/enrol/CODE. */
export const phoneRoutes: RouteRecordRaw[] = [
  { path: '/', name: 'home', component: nothing },
  { path: '/report', name: 'report', component: ReportScreen },
  { path: '/tasks', name: 'tasks', component: TasksScreen },
  { path: '/outbox', name: 'outbox', component: OutboxScreen },
  { path: '/me', name: 'me', component: MeScreen },
  { path: '/issue/:id', name: 'issue', component: IssueScreen, props: true },
  { path: '/enrol/:code?', name: 'enrol', component: nothing },
  { path: '/:unknown(.*)*', redirect: '/' },
]

/** The screens of the phone's tabs. */
export const tabs = ['report', 'tasks', 'outbox', 'me'] as const

/** The tab that somebody sees first: who only reports begins with the camera. */
export function firstTab(may: readonly string[]): (typeof tabs)[number] {
  return may.includes('report') && !may.includes('fix') ? 'report' : 'tasks'
}

/** Makes the router of the phone on a history: that of the browser, or one in memory for tests and for pages that a link opens. */
export function phoneRouter(history: RouterHistory): Router {
  return createRouter({ history, routes: phoneRoutes })
}
