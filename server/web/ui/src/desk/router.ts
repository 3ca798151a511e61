import { createRouter, type Router, type RouteRecordRaw, type RouterHistory } from 'vue-router'

declare module 'vue-router' {
  interface RouteMeta {
    /** The screen stands alone, without the header of the desk. */
    bare?: boolean
    /** Another address is another screen: what was written on the last one does not stay. */
    keyed?: boolean
  }
}

/** Nothing is shown until it is known who is there, and which screen is their first. */
const nothing = { render: () => null }

/** The addresses of the desk, as they stand in bookmarks and in messages: /desk/#/list/status=assigned. Each screen is a chunk of its own. */
export const deskRoutes: RouteRecordRaw[] = [
  { path: '/', name: 'home', component: nothing },
  { path: '/work', name: 'work', component: () => import('./home/WorkbenchScreen.vue') },
  { path: '/mine', name: 'mine', component: () => import('./home/UnitHome.vue') },
  { path: '/overview', name: 'overview', component: () => import('./home/LeaderHome.vue') },
  { path: '/city', name: 'city', component: () => import('./home/CityScreen.vue') },
  { path: '/setup', name: 'setup', component: () => import('./home/SetupScreen.vue') },
  { path: '/unsigned', redirect: { name: 'papers', query: { state: 'unsigned' } } },
  { path: '/triage', name: 'triage', component: () => import('./triage/TriageScreen.vue') },
  { path: '/list/:filter?', name: 'list', component: () => import('./issues/IssueListScreen.vue'), props: true },
  { path: '/map/:view?', name: 'map', component: () => import('./map/MapScreen.vue'), props: true },
  {
    path: '/issue/:id',
    name: 'issue',
    component: () => import('./issue/IssueScreen.vue'),
    props: true,
    meta: { keyed: true },
  },
  { path: '/board', name: 'board', component: () => import('./overview/BoardScreen.vue') },
  {
    path: '/wall',
    name: 'wall',
    component: () => import('./overview/BoardScreen.vue'),
    props: { wall: true },
    meta: { bare: true },
  },
  { path: '/reports', name: 'reports', component: () => import('./reports/ReportsScreen.vue') },
  {
    path: '/report/:id',
    name: 'report',
    component: () => import('./reports/ReportScreen.vue'),
    props: true,
    meta: { keyed: true },
  },
  { path: '/returns', name: 'returns', component: () => import('./returns/ReturnsScreen.vue') },
  {
    path: '/assessments/:id?',
    name: 'assessments',
    component: () => import('./assessments/AssessmentsScreen.vue'),
    props: true,
  },
  { path: '/plans', name: 'plans', component: () => import('./plans/PlansScreen.vue') },
  {
    path: '/campaigns/:id?',
    name: 'campaigns',
    component: () => import('./campaigns/CampaignsScreen.vue'),
    props: true,
  },
  {
    path: '/activities/:id?',
    name: 'activities',
    component: () => import('./activities/ActivitiesScreen.vue'),
    props: true,
  },
  { path: '/papers/:id?', name: 'papers', component: () => import('./papers/PapersScreen.vue'), props: true },
  { path: '/draws/:id?', name: 'draws', component: () => import('./inspections/DrawsScreen.vue'), props: true },
  {
    path: '/standards/:id?',
    name: 'standards',
    component: () => import('./inspections/StandardsScreen.vue'),
    props: true,
  },
  { path: '/visits/:id?', name: 'visits', component: () => import('./inspections/VisitsScreen.vue'), props: true },
  { path: '/rounds/:view?', name: 'rounds', component: () => import('./rounds/RoundsScreen.vue'), props: true },
  { path: '/archive/:id?', name: 'archive', component: () => import('./archive/ArchiveScreen.vue'), props: true },
  { path: '/public', name: 'public', component: () => import('./publicity/PublicityScreen.vue') },
  { path: '/imports', name: 'imports', component: () => import('./imports/ImportsScreen.vue') },
  { path: '/admin/:register?', name: 'admin', component: () => import('./registers/RegistersScreen.vue'), props: true },
  {
    path: '/security/:part?',
    name: 'security',
    component: () => import('./security/SecurityScreen.vue'),
    props: true,
  },
  { path: '/:unknown(.*)*', redirect: '/' },
]

/** The screens of the desk's navigation, and what a person's roles must allow somewhere for each. */
const needs = {
  work: 'assign',
  mine: 'ask_extension',
  overview: 'issue_reports',
  city: 'administer',
  triage: 'assign',
  list: 'see',
  map: 'see',
  board: 'see_reports',
  reports: 'see_reports',
  returns: 'see_reports',
  assessments: 'see_reports',
  plans: 'see_plans',
  rounds: 'see_rounds',
  visits: 'see_visits',
  draws: 'see_draws',
  standards: 'keep_standards',
  campaigns: 'see_campaigns',
  activities: 'see_activities',
  papers: 'see_papers',
  archive: 'see_archive',
  public: 'expose',
  imports: 'import',
  admin: 'administer',
  security: 'see_security_log',
} as const

/** What an administrator has as well: tables of registers are read among the imports, outlines are drawn on the map. */
const forAdministrators = ['imports', 'map']

/** The screens that somebody has, in the order of the navigation. */
export function screensOf(may: readonly string[]): string[] {
  return Object.entries(needs)
    .filter(([name, need]) => may.includes(need) || (forAdministrators.includes(name) && may.includes('administer')))
    .map(([name]) => name)
}

/** Makes the router of the desk on a history: that of the browser, or one in memory for tests. */
export function deskRouter(history: RouterHistory): Router {
  return createRouter({ history, routes: deskRoutes })
}
