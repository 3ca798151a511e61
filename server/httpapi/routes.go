package httpapi

import (
	"time"

	"github.com/gofiber/fiber/v2"
	"github.com/gofiber/fiber/v2/middleware/limiter"

	"spotcheck/pkg/inspect"
	"spotcheck/server/core/intake"
	"spotcheck/server/core/notices"
)

// route is a row of the table of doors.
type route struct {
	method, path string
	open         bool // needs no session
	few          bool // for strangers, who come so often at most
	link         bool // a link to one issue opens it too
	slow         bool // photos go through: minutes, not seconds
	upload       bool // its handler reads the body
	handle       fiber.Handler
}

// routes are all doors of the server.
func (a *API) routes() []route {
	get, put, post, del, patch, options := fiber.MethodGet, fiber.MethodPut, fiber.MethodPost, fiber.MethodDelete, fiber.MethodPatch, fiber.MethodOptions
	return []route{
		{method: get, path: "/livez", open: true, handle: a.live},
		{method: get, path: "/readyz", open: true, handle: a.ready},
		{method: get, path: "/metrics", open: true, handle: a.showMetrics},
		{method: get, path: "/", open: true, handle: a.front},
		{method: get, path: "/app/", open: true, handle: a.webPage("app")},
		{method: get, path: "/app/:file", open: true, handle: a.appFile},
		{method: get, path: "/desk/", open: true, handle: a.webPage("desk")},
		{method: get, path: "/assets/:file", open: true, handle: a.webFile},
		{method: get, path: "/public/", open: true, handle: a.publicBoard},
		{method: get, path: "/public/public.css", open: true, handle: a.publicStyle},
		{method: get, path: "/public/issue", open: true, few: true, handle: a.publicIssue},
		{method: get, path: "/public/photos/:photo", open: true, handle: a.publicPicture},
		{method: post, path: "/public/photos/:photo/objection", open: true, few: true, handle: a.object},
		{method: get, path: "/api/openapi.yaml", open: true, handle: a.spec},
		{method: get, path: "/api/openapi.json", open: true, handle: a.specJSON},
		{method: get, path: "/api/docs", open: true, handle: a.docs},

		{method: post, path: "/api/v1/sessions", open: true, handle: a.logIn},
		{method: post, path: "/api/v1/enrolments", open: true, handle: a.redeem},
		{method: post, path: "/api/v1/people/:id/enrolment", handle: a.enrol},
		{method: get, path: "/api/v1/sessions", handle: a.sessions},
		{method: del, path: "/api/v1/sessions/current", handle: a.logOut},
		{method: del, path: "/api/v1/sessions/:id", handle: a.endSession},
		{method: get, path: "/api/v1/me", handle: a.me},
		{method: put, path: "/api/v1/me/password", handle: a.changePassword},
		{method: get, path: "/api/v1/bootstrap", handle: a.bootstrap},

		{method: get, path: "/api/v1/inbox", handle: a.inbox},
		{method: post, path: "/api/v1/inbox/read", handle: a.readInbox},
		{method: get, path: "/api/v1/inbox/:id", handle: a.inboxMessage},
		{method: get, path: "/api/v1/deliveries", handle: a.deliveries},
		{method: get, path: "/api/v1/me/channels", handle: a.myChannels},
		{method: put, path: "/api/v1/me/channels", handle: a.chooseChannels},
		{method: post, path: "/api/v1/me/channels/:channel/test", few: true, slow: true, handle: a.tryChannel},
		{method: post, path: "/api/v1/me/devices", handle: a.addDevice},
		{method: del, path: "/api/v1/me/devices/:id", handle: a.dropDevice},
		{method: get, path: "/api/v1/gateways", handle: a.gateways},
		{method: put, path: "/api/v1/gateways/:kind", handle: a.putGateway},
		{method: get, path: "/api/v1/webhooks", handle: a.webhooks},
		{method: put, path: "/api/v1/webhooks/:id", handle: a.putWebhook},
		{method: del, path: "/api/v1/webhooks/:id", handle: a.removeWebhook},
		{method: post, path: "/api/v1/webhooks/:id/secret", handle: a.rotateSecret},
		{method: get, path: "/api/v1/webhooks/:id/deliveries", handle: a.webhookLog},
		{method: post, path: "/api/v1/webhooks/:id/deliveries/:message", handle: a.resend},

		{method: get, path: "/api/v1/changes", handle: a.changes},
		{method: get, path: "/api/v1/stream", handle: a.stream},

		{method: get, path: "/api/v1/issues", handle: a.listIssues},
		{method: get, path: "/api/v1/map", handle: a.showMap},
		{method: get, path: "/api/v1/basemap.pmtiles", slow: true, handle: a.basemap},
		{method: get, path: "/api/v1/issues.csv", handle: a.exportCSV},
		{method: get, path: "/api/v1/issues.geojson", handle: a.exportGeoJSON},
		{method: get, path: "/api/v1/issues/similar", handle: a.similar},
		{method: get, path: "/api/v1/issues/:id/similar", handle: a.similarToIssue},
		{method: put, path: "/api/v1/issues/:id", handle: a.reportIssue},
		{method: get, path: "/api/v1/issues/:id", link: true, handle: a.issue},
		{method: get, path: "/api/v1/issues/:id/events", handle: a.history},
		{method: get, path: "/api/v1/issues/:id/links", handle: a.links},
		{method: post, path: "/api/v1/issues/:id/links", handle: a.makeLink},
		{method: del, path: "/api/v1/issues/:id/links/:link", handle: a.endLink},
		{method: get, path: "/api/v1/issues/:id/caller", handle: a.caller},
		{method: put, path: "/api/v1/issues/:id/actions/:action_id", link: true, handle: a.act},
		{method: post, path: "/api/v1/actions", slow: true, handle: a.actAll},
		{method: post, path: "/api/v1/issues/:id/photos", link: true, handle: a.declarePhotos},
		{method: put, path: "/api/v1/issues/:id/photos/:photo", link: true, slow: true, upload: true, handle: a.acceptPhoto},
		{method: get, path: "/api/v1/issues/:id/photos/:photo", link: true, handle: a.photo},
		{method: get, path: "/api/v1/issues/:id/photos/:photo/original", link: true, slow: true, handle: a.original},
		{method: get, path: "/api/v1/issues/:id/photos/:photo/display", link: true, slow: true, handle: a.rendition("display")},
		{method: get, path: "/api/v1/issues/:id/photos/:photo/thumb", link: true, slow: true, handle: a.rendition("thumb")},
		{method: get, path: "/api/v1/issues/:id/photos/:photo/stamped", slow: true, handle: a.stamped},
		{method: get, path: "/api/v1/issues/:id/photos/:photo/receipt", link: true, handle: a.receipt},

		{method: options, path: "/api/v1/uploads", open: true, handle: a.tusOptions},
		{method: post, path: "/api/v1/uploads", link: true, slow: true, upload: true, handle: a.tus(a.beginUpload)},
		{method: get, path: "/api/v1/uploads/:id", link: true, handle: a.tus(a.uploadOffset)},
		{method: patch, path: "/api/v1/uploads/:id", link: true, slow: true, upload: true, handle: a.tus(a.appendPart)},
		{method: post, path: "/api/v1/uploads/:id", link: true, slow: true, upload: true, handle: a.tus(a.overridden)},
		{method: del, path: "/api/v1/uploads/:id", link: true, handle: a.tus(a.endUpload)},

		{method: get, path: "/api/v1/exposures", handle: a.exposures},
		{method: put, path: "/api/v1/issues/:id/photos/:photo/exposure", handle: a.proposeExposure},
		{method: get, path: "/api/v1/issues/:id/photos/:photo/exposure/picture", handle: a.exposedPicture},
		{method: put, path: "/api/v1/issues/:id/photos/:photo/exposure/decision", handle: a.decideExposure},

		{method: get, path: "/api/v1/figures", handle: a.figures},
		{method: get, path: "/api/v1/figures/issues", slow: true, handle: a.figureIssues},
		{method: get, path: "/api/v1/figures/definitions", handle: a.definitions},
		{method: get, path: "/api/v1/reports", handle: a.reports},
		{method: get, path: "/api/v1/reports/compute", slow: true, handle: a.computeReport},
		{method: put, path: "/api/v1/reports/:id", slow: true, handle: a.putReport},
		{method: get, path: "/api/v1/reports/:id", handle: a.report},
		{method: put, path: "/api/v1/reports/:id/sentences", handle: a.reportStep(a.editReport)},
		{method: post, path: "/api/v1/reports/:id/renew", slow: true, handle: a.reportStep(a.renewReport)},
		{method: put, path: "/api/v1/reports/:id/check", handle: a.reportStep(a.checkReport)},
		{method: put, path: "/api/v1/reports/:id/issue", handle: a.reportStep(a.issueReport)},
		{method: put, path: "/api/v1/reports/:id/recall", handle: a.reportStep(a.recallReport)},
		{method: get, path: "/api/v1/reports/:id/issues", handle: a.reportIssues},
		{method: get, path: "/api/v1/reports/:id/files/:form", slow: true, handle: a.reportFile},

		{method: get, path: "/api/v1/papers", handle: a.papers},
		{method: put, path: "/api/v1/papers/:id", handle: a.putPaper},
		{method: get, path: "/api/v1/papers/:id", handle: a.paper},
		{method: get, path: "/api/v1/papers/:id/pdf", slow: true, handle: a.paperFile(notices.PDF)},
		{method: get, path: "/api/v1/papers/:id/docx", slow: true, handle: a.paperFile(notices.DOCX)},
		{method: put, path: "/api/v1/papers/:id/receipt", handle: a.signPaper},
		{method: get, path: "/api/v1/papers/:id/signature", slow: true, handle: a.signature},
		{method: put, path: "/api/v1/paper-batches/:id", handle: a.putBatch},
		{method: get, path: "/api/v1/paper-batches/:id", handle: a.batch},
		{method: get, path: "/api/v1/paper-batches/:id/zip", slow: true, handle: a.batchZIP},

		{method: get, path: "/api/v1/people", handle: a.people},
		{method: get, path: "/api/v1/people/:id", handle: a.person},
		{method: put, path: "/api/v1/people/:id", handle: a.putPerson},
		{method: del, path: "/api/v1/people/:id/sessions", handle: a.endSessions},
		{method: post, path: "/api/v1/people/:id/hand-over", handle: a.handOver},
		{method: get, path: "/api/v1/units", handle: a.units},
		{method: put, path: "/api/v1/units/:id", handle: a.putUnit},
		{method: get, path: "/api/v1/areas", handle: a.areas},
		{method: get, path: "/api/v1/areas/at", handle: a.areasAt},
		{method: put, path: "/api/v1/areas/:id", handle: a.putArea},
		{method: get, path: "/api/v1/responsibilities", handle: a.responsibilities},
		{method: get, path: "/api/v1/responsibilities/gaps", handle: a.gaps},
		{method: put, path: "/api/v1/responsibilities/:id", handle: a.putResponsibility},
		{method: get, path: "/api/v1/places", handle: a.spots},
		{method: get, path: "/api/v1/places/near", handle: a.spotsNear},
		{method: get, path: "/api/v1/places/:id", handle: a.spot},
		{method: put, path: "/api/v1/places/:id", handle: a.putSpot},
		{method: get, path: "/api/v1/agreements", handle: a.agreements},
		{method: get, path: "/api/v1/agreements/coverage", handle: a.coverage},
		{method: put, path: "/api/v1/agreements/:id", handle: a.putAgreement},
		{method: put, path: "/api/v1/agreements/:id/scan", slow: true, upload: true, handle: a.acceptScan},
		{method: get, path: "/api/v1/agreements/:id/scan", slow: true, handle: a.scan},
		{method: post, path: "/api/v1/place-imports", slow: true, handle: a.importSpots},
		{method: get, path: "/api/v1/areas/:id/outline", handle: a.areaOutline},
		{method: post, path: "/api/v1/area-imports", slow: true, upload: true, handle: a.checkAreas},
		{method: get, path: "/api/v1/area-imports/:id", handle: a.areaImport},
		{method: post, path: "/api/v1/area-imports/:id/apply", slow: true, handle: a.applyAreas},
		{method: get, path: "/api/v1/import-mappings", handle: a.mappings},
		{method: put, path: "/api/v1/import-mappings/:id", handle: a.putMapping},
		{method: get, path: "/api/v1/issue-imports", handle: a.issueImports},
		{method: post, path: "/api/v1/issue-imports", slow: true, upload: true, handle: a.checkIssues},
		{method: get, path: "/api/v1/issue-imports/:id", handle: a.issueImport},
		{method: post, path: "/api/v1/issue-imports/:id/apply", handle: a.makeIssues},
		{method: get, path: "/api/v1/issue-imports/:id/errors", slow: true, handle: a.sheet("errors", (*intake.Service).WrongRows)},
		{method: get, path: "/api/v1/issue-imports/:id/replies", slow: true, handle: a.sheet("replies", (*intake.Service).Replies)},
		{method: get, path: "/api/v1/categories", handle: a.categories},
		{method: put, path: "/api/v1/categories/:code", handle: a.putCategory},
		{method: get, path: "/api/v1/rules", handle: a.rules},
		{method: get, path: "/api/v1/deadline", handle: a.deadline},
		{method: get, path: "/api/v1/rules/:id", handle: a.ruleVersions},
		{method: put, path: "/api/v1/rules/:id", handle: a.putRule},
		{method: get, path: "/api/v1/holidays", handle: a.holidays},
		{method: post, path: "/api/v1/holidays", handle: a.importHolidays},
		{method: get, path: "/api/v1/plan-tasks", handle: a.planTasks},
		{method: put, path: "/api/v1/plan-tasks/:id", handle: a.putPlanTask},
		{method: get, path: "/api/v1/assessment-points", handle: a.assessmentPoints},
		{method: put, path: "/api/v1/assessment-points/:id", handle: a.putAssessmentPoint},
		{method: get, path: "/api/v1/return-forms", handle: a.returnForms},
		{method: put, path: "/api/v1/return-forms/:id", handle: a.putReturnForm},
		{method: get, path: "/api/v1/returns", handle: a.returns},
		{method: put, path: "/api/v1/returns/:id", handle: a.sendReturn},
		{method: post, path: "/api/v1/reports/:id/notes", handle: a.noteReport},
		{method: put, path: "/api/v1/plan-tasks/:id/hold", handle: a.decidePlanHold},
		{method: get, path: "/api/v1/suspensions", handle: a.suspensions},
		{method: put, path: "/api/v1/suspensions/:id", handle: a.putSuspension},
		{method: get, path: "/api/v1/settings", handle: a.settings},
		{method: put, path: "/api/v1/settings/:key", handle: a.putSetting},
		{method: get, path: "/api/v1/security-log", handle: a.securityLog},
		{method: get, path: "/api/v1/health", handle: a.health},
		{method: get, path: "/api/v1/record", handle: a.record},
		{method: get, path: "/api/v1/record/checkpoints/:date", handle: a.checkpoint},
		{method: put, path: "/api/v1/record/audits/:id", handle: a.putAudit},
	}
}

// Routes gives method and path of every door, for tests that compare them with the contract.
func (a *API) Routes() (all [][2]string) {
	for _, r := range a.routes() {
		all = append(all, [2]string{r.method, r.path})
	}
	return all
}

// strangersMost is how often a minute one address may ask for an issue by its number, or object to a photo.
const strangersMost = 30

// handlers are what stands before and behind a door.
func (a *API) handlers(r route) []fiber.Handler {
	chain := []fiber.Handler{a.body(r)}
	if r.few {
		chain = append(chain, limiter.New(limiter.Config{Max: strangersMost, Expiration: time.Minute, KeyGenerator: a.address,
			LimitReached: func(*fiber.Ctx) error { return inspect.ErrTooOften }}))
	}
	if !r.open {
		chain = append(chain, a.authenticate)
	}
	if !r.open && !r.link {
		chain = append(chain, onlyPeople)
	}
	return append(chain, r.handle)
}
