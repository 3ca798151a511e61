package httpapi

import (
	"slices"

	"github.com/gofiber/fiber/v2"

	"spotcheck/server/httpapi/accountapi"
	"spotcheck/server/httpapi/archiveapi"
	"spotcheck/server/httpapi/assessmentapi"
	"spotcheck/server/httpapi/campaignapi"
	"spotcheck/server/httpapi/cityapi"
	"spotcheck/server/httpapi/importapi"
	"spotcheck/server/httpapi/inspectionapi"
	"spotcheck/server/httpapi/issueapi"
	"spotcheck/server/httpapi/messageapi"
	"spotcheck/server/httpapi/noticeapi"
	"spotcheck/server/httpapi/photoapi"
	"spotcheck/server/httpapi/registerapi"
	"spotcheck/server/httpapi/reportapi"
	"spotcheck/server/httpapi/rest"
	"spotcheck/server/httpapi/todoapi"
)

// doors are all doors of the server, noun by noun.
func doors(o *Options, site *rest.Site, streams *issueapi.Streams, h *health, m *metrics) []rest.Route {
	c := o.Core
	web := &webHandlers{city: c.City, folder: o.Folder}
	bootstrap := &bootstrapHandlers{places: c.Places, zone: c.Zone, now: c.Now, version: o.Version}
	return slices.Concat(h.routes(), m.routes(), web.routes(), contractRoutes(), bootstrap.routes(),
		accountapi.Routes(accountapi.Needs{People: c.People, Workflow: c.Workflow, Audit: c.Audit, Site: site, Zone: c.Zone, Now: c.Now, Log: o.Log}),
		messageapi.Routes(messageapi.Needs{Messages: c.Messages}),
		issueapi.Routes(issueapi.Needs{Issues: c.Issues, Photos: c.Photos, Workflow: c.Workflow, Site: site, Zone: c.Zone, Log: o.Log, Streams: streams}),
		photoapi.Routes(photoapi.Needs{Photos: c.Photos, Publicity: c.Publicity, Zone: c.Zone}),
		reportapi.Routes(reportapi.Needs{Reports: c.Reports, Workflow: c.Workflow}),
		noticeapi.Routes(noticeapi.Needs{Notices: c.Notices, Site: site, Zone: c.Zone, Log: o.Log}),
		cityapi.Routes(cityapi.Needs{City: c.City, Issues: c.Issues}),
		registerapi.Routes(registerapi.Needs{Places: c.Places, Photos: c.Photos, Duties: c.Duties, Issues: c.Issues, Now: c.Now}),
		inspectionapi.Routes(inspectionapi.Needs{Inspections: c.Inspections, Rounds: c.Rounds, Figures: c.Figures, Site: site}),
		archiveapi.Routes(archiveapi.Needs{Archive: c.Archive, Site: site, Log: o.Log}),
		campaignapi.Routes(campaignapi.Needs{Campaigns: c.Campaigns, Zone: c.Zone}),
		assessmentapi.Routes(assessmentapi.Needs{Assessments: c.Assessments}),
		todoapi.Routes(todoapi.Needs{Todo: c.Todo}),
		importapi.Routes(importapi.Needs{Intake: c.Intake, Site: site, Log: o.Log}),
	)
}

// Routes gives method and path of every door, for tests that compare them with the contract.
func (a *API) Routes() (all [][2]string) {
	for _, r := range a.doors {
		all = append(all, [2]string{r.Method, r.Path})
	}
	return all
}

// handlers are what stands before and behind a door. What somebody sends is read once they are known, and who is not sends little.
func (a *API) handlers(r rest.Route) []fiber.Handler {
	chain := append([]fiber.Handler{a.begin(r)}, a.budgetsFor(r)...)
	if !r.Open {
		chain = append(chain, a.authenticate)
	}
	if !r.Open && !r.Link {
		chain = append(chain, onlyPeople)
	}
	if !r.Open && !r.Given {
		chain = append(chain, onlyOwnPassword)
	}
	return append(chain, body(r), r.Handle)
}
