// Package web holds the built web apps. Their source is in ui; dist is what it makes, and is never written by hand.
package web

import "embed"

// Files are the built pages (dist/app/index.html, dist/desk/index.html) and what they load (dist/assets).
//
//go:embed all:dist
var Files embed.FS
