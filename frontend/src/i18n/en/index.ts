import account from './account.json'
import admin from './admin.json'
import collab from './collab.json'
import common from './common.json'
import dashboard from './dashboard.json'
import desk from './desk.json'
import evidence from './evidence.json'
import exports from './exports.json'
import factor from './factor.json'
import finding from './finding.json'
import form from './form.json'
import imports from './imports.json'
import incident from './incident.json'
import intake from './intake.json'
import links from './links.json'
import list from './list.json'
import problem from './problem.json'
import search from './search.json'
import sharing from './sharing.json'
import sources from './sources.json'

/** Every English text of the program. One flat file per area; keys start with the area's name. */
export const en = { ...common, ...collab, ...problem, ...list, ...incident, ...account, ...admin, ...factor, ...form, ...dashboard, ...sources, ...desk, ...published, ...finding, ...links, ...search, ...evidence, ...intake, ...imports, ...sharing }
export const en = { ...common, ...collab, ...problem, ...list, ...incident, ...account, ...admin, ...factor, ...form, ...dashboard, ...sources, ...desk, ...finding, ...links, ...search, ...evidence, ...intake, ...imports }
export const en = { ...common, ...collab, ...problem, ...list, ...incident, ...account, ...admin, ...factor, ...form, ...dashboard, ...sources, ...desk, ...published, ...finding, ...links, ...search, ...evidence, ...intake, ...imports, ...exports }
