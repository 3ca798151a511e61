package httpapi

import (
	"bytes"
	"html/template"
	"slices"
	"strings"
	"sync"

	"github.com/gofiber/fiber/v2"
	"go.yaml.in/yaml/v3"

	apispec "spotcheck/mobile-api-spec"
	"spotcheck/server/httpapi/rest"
)

// contractRoutes show the contract of this very server.
func contractRoutes() []rest.Route {
	return []rest.Route{
		{Method: fiber.MethodGet, Path: "/api/openapi.yaml", Open: true, Handle: spec},
		{Method: fiber.MethodGet, Path: "/api/openapi.json", Open: true, Handle: specJSON},
		{Method: fiber.MethodGet, Path: "/api/docs", Open: true, Handle: docs},
	}
}

func spec(c *fiber.Ctx) error {
	c.Set(fiber.HeaderContentType, "application/yaml; charset=utf-8")
	return c.Send(apispec.OpenAPI)
}

func specJSON(c *fiber.Ctx) error {
	c.Set(fiber.HeaderContentType, fiber.MIMEApplicationJSONCharsetUTF8)
	return c.Send(apispec.OpenAPIJSON)
}

// contract is what the page of the contract shows of it.
type contract struct {
	Info struct {
		Title, Version, Description string
	}
	Paths map[string]map[string]yaml.Node
}

type operation struct {
	Method, Path string
	Summary      string
	Description  string
	Tags         []string
	Responses    map[string]struct{ Description string }
}

var page = template.Must(template.New("docs").Parse(`<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><title>{{.Title}}</title>
<style>
body{font:16px/1.5 system-ui,sans-serif;max-width:60rem;margin:0 auto;padding:1rem;color:#1d2733;background:#fff}
code,pre{font:14px/1.45 ui-monospace,monospace;white-space:pre-wrap;overflow-wrap:anywhere}
section{border-top:1px solid #d5dbe1;padding:.5rem 0}h2{margin-top:2rem}h3{margin:.4rem 0;font-size:1rem}
b.m{display:inline-block;min-width:4rem;color:#0b5cad}dl{margin:.3rem 0 .3rem 1rem}dt{float:left;min-width:5rem;font-weight:600}
@media(prefers-color-scheme:dark){body{background:#14191f;color:#dfe6ee}b.m{color:#7ab8ff}section{border-color:#39424d}}
</style></head><body>
<h1>{{.Title}}</h1><p>{{.Version}} · <a href="/api/openapi.yaml">openapi.yaml</a> · <a href="/api/openapi.json">openapi.json</a></p><pre>{{.Description}}</pre>
{{range .Groups}}<h2>{{.Name}}</h2>{{range .Operations}}<section><h3><b class="m">{{.Method}}</b> <code>{{.Path}}</code></h3>
<p>{{.Summary}}</p>{{with .Description}}<pre>{{.}}</pre>{{end}}
<dl>{{range $status, $r := .Responses}}<dt>{{$status}}</dt><dd>{{$r.Description}}&nbsp;</dd>{{end}}</dl></section>{{end}}{{end}}
</body></html>`))

type group struct {
	Name       string
	Operations []operation
}

// docs shows the contract as one page without any script.
func docs(c *fiber.Ctx) error {
	b, err := docsPage()
	if err != nil {
		return err
	}
	c.Set(fiber.HeaderContentType, "text/html; charset=utf-8")
	c.Set("Content-Security-Policy", "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'")
	return c.Send(b)
}

// docsPage is made when it is asked for first: the contract of a program never changes.
var docsPage = sync.OnceValues(func() ([]byte, error) {
	var doc contract
	if err := yaml.Unmarshal(apispec.OpenAPI, &doc); err != nil {
		return nil, err
	}
	groups, err := grouped(&doc)
	if err != nil {
		return nil, err
	}
	var b bytes.Buffer
	err = page.Execute(&b, fiber.Map{"Title": doc.Info.Title, "Version": doc.Info.Version, "Description": doc.Info.Description, "Groups": groups})
	return b.Bytes(), err
})

// grouped sorts the operations by tag, in the order of their paths.
func grouped(doc *contract) (groups []group, err error) {
	var paths []string
	for p := range doc.Paths {
		paths = append(paths, p)
	}
	slices.Sort(paths)
	at := map[string]int{}
	for _, p := range paths {
		for _, method := range []string{"get", "put", "post", "delete"} {
			node, ok := doc.Paths[p][method]
			if !ok {
				continue
			}
			op := operation{Method: strings.ToUpper(method), Path: p}
			if err := node.Decode(&op); err != nil {
				return nil, err
			}
			name := "other"
			if len(op.Tags) > 0 {
				name = op.Tags[0]
			}
			if _, ok := at[name]; !ok {
				at[name] = len(groups)
				groups = append(groups, group{Name: name})
			}
			groups[at[name]].Operations = append(groups[at[name]].Operations, op)
		}
	}
	return groups, nil
}
