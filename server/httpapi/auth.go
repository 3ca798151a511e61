package httpapi

import (
	"github.com/gofiber/fiber/v2"

	"spotcheck/pkg/inspect"
	"spotcheck/server/httpapi/rest"
)

// personHeader names who did what a phone sends, so that it is not taken for somebody else's who logged in meanwhile.
const personHeader = "Spotcheck-Person"

// authenticate finds who asks: a Bearer token, or the cookie of a browser, which may write only from the site itself.
func (a *API) authenticate(c *fiber.Ctx) error {
	token, bearer := a.site.Token(c)
	if token == "" || len(token) > 100 {
		return inspect.ErrSignIn
	}
	if !bearer && !a.site.SameOrigin(c) {
		return inspect.ErrOrigin
	}
	who, s, err := a.people.Authenticate(c.UserContext(), token, a.site.Address(c))
	if err != nil {
		return err
	}
	if s.Cookie == bearer {
		return inspect.ErrSignIn // a token is good only the way it was given out
	}
	if as := c.Get(personHeader); as != "" && as != who.ID.String() {
		return inspect.ErrSignIn.With("Somebody else is logged in here than did this.")
	}
	rest.SignIn(c, &who, s)
	return c.Next()
}

// onlyPeople keeps links out of all doors but those of their issue.
func onlyPeople(c *fiber.Ctx) error {
	if !rest.Session(c).Issue.IsZero() {
		return inspect.ErrOnlyLink
	}
	return c.Next()
}

// onlyOwnPassword keeps who logged in by a password that somebody else knows out of all doors but those at which they choose their own.
func onlyOwnPassword(c *fiber.Ctx) error {
	if rest.Session(c).PasswordGiven {
		return inspect.ErrGivenPassword
	}
	return c.Next()
}
