// Package rest is what all doors share: the row of the table of doors, how a request is read, and the shapes that every noun answers with.
package rest

import (
	"github.com/gofiber/fiber/v2"
)

// Route is a row of the table of doors: what is asked for, who may ask, how often and how long, and what answers.
type Route struct {
	Method, Path string
	Open         bool // needs no session
	Ready        bool // what an open door answers is made already: it costs nobody's budget
	Limited      bool // is asked rarely: a network comes so often at most
	Link         bool // a link to one issue opens it too
	Given        bool // answers too who logged in by a password that somebody else knows
	Slow         bool // photos go through: minutes, not seconds
	Upload       bool // its handler reads the body
	Abandoned    bool // its work ends when the client leaves before the answer: it only looks, or the same again goes on
	Handle       fiber.Handler
}
