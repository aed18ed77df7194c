import type { Component } from 'svelte'
import type { MessageKey } from '../i18n'

export interface Route {
  /** Path with `:name` parameters; they reach the page as props. */
  path: string
  /** Catalogue key of the document title; a page may replace it with `setTitle`. */
  title: MessageKey
  /** `session`: a signed-out visitor is sent to sign in first and comes back here. */
  access: 'public' | 'session'
  /** Entry of the main navigation that is marked as current. */
  nav?: 'incidents' | 'queue' | 'log' | 'dashboard' | 'admin' | 'account'
  /** Loads the page, each in its own file. Pages differ in their parameters, hence `any`. */
  load: () => Promise<{ default: Component<any> }>
}

/** Every screen. First match wins; what matches nothing shows NotFound. */
export const routes: Route[] = [
  { path: '/', title: 'list.title', access: 'session', nav: 'incidents', load: () => import('../pages/Home.svelte') },
  { path: '/setup', title: 'account.setup.title', access: 'public', load: () => import('../pages/Setup.svelte') },
  { path: '/sign-in', title: 'account.sign_in.title', access: 'public', load: () => import('../pages/SignIn.svelte') },
  { path: '/second-factor', title: 'factor.enrol.title', access: 'session', load: () => import('../pages/Enrol.svelte') },
  { path: '/invite', title: 'account.invite.title', access: 'public', load: () => import('../pages/Invite.svelte') },
  { path: '/incidents', title: 'list.title', access: 'session', nav: 'incidents', load: () => import('../pages/Incidents.svelte') },
  { path: '/incidents/new', title: 'form.title', access: 'session', nav: 'log', load: () => import('../pages/LogIncident.svelte') },
  { path: '/imports', title: 'imports.title', access: 'session', nav: 'incidents', load: () => import('../pages/Imports.svelte') },
  { path: '/imports/:id', title: 'imports.title', access: 'session', nav: 'incidents', load: () => import('../pages/Import.svelte') },
  { path: '/exports', title: 'exports.title', access: 'session', nav: 'incidents', load: () => import('../pages/Exports.svelte') },
  { path: '/exports/new', title: 'exports.new', access: 'session', nav: 'incidents', load: () => import('../pages/NewExport.svelte') },
  { path: '/snapshots', title: 'exports.snapshots.title', access: 'session', nav: 'incidents', load: () => import('../pages/Snapshots.svelte') },
  { path: '/intake', title: 'intake.title', access: 'session', nav: 'log', load: () => import('../pages/Intake.svelte') },
  { path: '/incidents/:ref', title: 'incident.title', access: 'session', nav: 'incidents', load: () => import('../pages/Incident.svelte') },
  { path: '/incidents/:ref/edit', title: 'form.edit_title', access: 'session', nav: 'incidents', load: () => import('../pages/LogIncident.svelte') },
  { path: '/sources', title: 'sources.title', access: 'session', nav: 'incidents', load: () => import('../pages/Sources.svelte') },
  { path: '/sources/:ref', title: 'sources.title', access: 'session', nav: 'incidents', load: () => import('../pages/Source.svelte') },
  { path: '/queue', title: 'collab.queue.title', access: 'session', nav: 'queue', load: () => import('../pages/Queue.svelte') },
  { path: '/deleted', title: 'desk.delete.list', access: 'session', nav: 'incidents', load: () => import('../pages/Deleted.svelte') },
  { path: '/sharing', title: 'sharing.title', access: 'session', nav: 'incidents', load: () => import('../pages/Sharing.svelte') },
  { path: '/campaigns', title: 'links.campaigns.title', access: 'session', nav: 'incidents', load: () => import('../pages/Campaigns.svelte') },
  { path: '/campaigns/:ref', title: 'links.campaigns.title', access: 'session', nav: 'incidents', load: () => import('../pages/Campaign.svelte') },
  { path: '/incidents/:ref/history', title: 'desk.history.title', access: 'session', nav: 'incidents', load: () => import('../pages/History.svelte') },
  { path: '/releases', title: 'releases.title', access: 'session', nav: 'dashboard', load: () => import('../pages/Releases.svelte') },
  { path: '/dashboard', title: 'dashboard.title', access: 'session', nav: 'dashboard', load: () => import('../pages/Dashboard.svelte') },
  { path: '/dashboard/table', title: 'dashboard.view.title', access: 'session', nav: 'dashboard', load: () => import('../pages/View.svelte') },
  { path: '/dashboard/compare', title: 'dashboard.compare.title', access: 'session', nav: 'dashboard', load: () => import('../pages/Compare.svelte') },
  { path: '/brief', title: 'dashboard.brief.title', access: 'session', nav: 'dashboard', load: () => import('../pages/Brief.svelte') },
  { path: '/admin', title: 'admin.title', access: 'session', nav: 'admin', load: () => import('../pages/Admin.svelte') },
  { path: '/admin/people', title: 'admin.people.title', access: 'session', nav: 'admin', load: () => import('../pages/AdminPeople.svelte') },
  { path: '/admin/invitations', title: 'account.invitations.title', access: 'session', nav: 'admin', load: () => import('../pages/AdminInvitations.svelte') },
  { path: '/admin/sessions', title: 'admin.sessions.title', access: 'session', nav: 'admin', load: () => import('../pages/AdminSessions.svelte') },
  { path: '/admin/organisation', title: 'admin.organisation.title', access: 'session', nav: 'admin', load: () => import('../pages/AdminOrganisation.svelte') },
  { path: '/admin/organisations', title: 'admin.organisations.title', access: 'session', nav: 'admin', load: () => import('../pages/AdminOrganisations.svelte') },
  { path: '/admin/audit', title: 'admin.audit.title', access: 'session', nav: 'admin', load: () => import('../pages/AdminAudit.svelte') },
  { path: '/account/activity', title: 'admin.activity.title', access: 'session', nav: 'account', load: () => import('../pages/Activity.svelte') },
  { path: '/reset', title: 'admin.reset.title', access: 'public', load: () => import('../pages/Reset.svelte') },
  { path: '/account', title: 'account.title', access: 'session', nav: 'account', load: () => import('../pages/Account.svelte') },
]

export const notFound: Route = {
  path: '*',
  title: 'common.not_found.title',
  access: 'public',
  load: () => import('../pages/NotFound.svelte'),
}
