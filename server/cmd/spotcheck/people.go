package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"

	"spotcheck/pkg/inspect"
	"spotcheck/server/core"
	"spotcheck/server/core/people"
	"spotcheck/server/core/places"
)

// split takes the one argument of a command, before or after its flags.
func split(args []string, what string) (string, []string, error) {
	if slices.ContainsFunc(args, func(a string) bool { return a == "-h" || a == "-help" || a == "--help" }) {
		return "", args, nil
	}
	for n, a := range args {
		if !strings.HasPrefix(a, "-") && (n == 0 || strings.Contains(args[n-1], "=") || !strings.HasPrefix(args[n-1], "-")) {
			return a, append(append([]string{}, args[:n]...), args[n+1:]...), nil
		}
	}
	return "", nil, misuse{fmt.Errorf("want %s", what)}
}

// password reads a line of standard input when that is no terminal, and makes a password otherwise.
// password is the one on standard input, or a new one, which made holds too so that somebody can be told.
func password(t *terminal) (text, made string, err error) {
	if f, ok := t.in.(*os.File); ok {
		if info, err := f.Stat(); err != nil || info.Mode()&os.ModeCharDevice != 0 {
			made = people.NewSecret()
			return made, made, err
		}
	}
	line, _ := bufio.NewReader(t.in).ReadString('\n') // the last line may have no end
	if line = strings.TrimRight(line, "\r\n"); line == "" {
		made = people.NewSecret()
		return made, made, nil
	}
	return line, "", nil
}

func userAdd(ctx context.Context, t *terminal, args []string) error {
	name, args, err := split(args, "the name of the person")
	if err != nil {
		return err
	}
	f := flags("user add NAME")
	display := f.String("display-name", name, "how others see the person")
	role := f.String("role", string(inspect.Office), "inspector, office, leader, admin or auditor, for the whole city")
	a, err := open(ctx, t, f, args)
	if err != nil {
		return err
	}
	secret, made, err := password(t)
	g := inspect.Grant{Scope: inspect.Scope{Kind: inspect.City}}
	err = errors.Join(err, g.Role.UnmarshalText([]byte(*role)))
	if err == nil {
		err = prepare(ctx, t, a.Core)
	}
	if err == nil {
		err = a.Core.People.AddPeople(ctx, secret, inspect.Person{ID: inspect.NewID(), Name: name, DisplayName: *display, Grants: []inspect.Grant{g}})
	}
	if err == nil {
		err = say(ctx, t, a.Core, "Added", name, made)
	}
	return errors.Join(err, a.Close())
}

// say tells what was done to whom, with the password where one was made here: whoever logs in by it chooses another first.
func say(ctx context.Context, t *terminal, c *core.Core, what, name, made string) error {
	if made == "" {
		_, err := fmt.Fprintln(t.out, what, name)
		return err
	}
	if err := c.People.AskForOwnPassword(ctx, name); err != nil {
		return err
	}
	_, err := fmt.Fprintln(t.out, what, name, "with the password", made)
	return err
}

func userPassword(ctx context.Context, t *terminal, args []string) error {
	name, args, err := split(args, "the name of the person")
	if err != nil {
		return err
	}
	a, err := openExisting(ctx, t, flags("user password NAME"), args)
	if err != nil {
		return err
	}
	secret, made, err := password(t)
	if err == nil {
		err = a.Core.People.ResetPassword(ctx, name, secret)
	}
	if err == nil {
		err = say(ctx, t, a.Core, "Changed", name, made)
	}
	return errors.Join(err, a.Close())
}

func userDisable(ctx context.Context, t *terminal, args []string) error {
	name, args, err := split(args, "the name of the person")
	if err != nil {
		return err
	}
	a, err := openExisting(ctx, t, flags("user disable NAME"), args)
	if err != nil {
		return err
	}
	if err = a.Core.People.DisablePerson(ctx, name); err == nil {
		_, err = fmt.Fprintln(t.out, "Disabled", name)
	}
	return errors.Join(err, a.Close())
}

func catalogueImport(ctx context.Context, t *terminal, args []string) error {
	file, args, err := split(args, "the file of the catalogue")
	if err != nil {
		return err
	}
	a, err := open(ctx, t, flags("catalogue import FILE"), args)
	if err != nil {
		return err
	}
	n, err := importFile(ctx, a.Core, file)
	if err == nil {
		_, err = fmt.Fprintf(t.out, "%d added, %d changed, %d as before\n", n.Added, n.Changed, n.Same)
	}
	return errors.Join(err, a.Close())
}

func importFile(ctx context.Context, c *core.Core, file string) (places.CatalogueImport, error) {
	body, err := os.ReadFile(file)
	if err != nil {
		return places.CatalogueImport{}, err
	}
	return c.Places.ImportCatalogue(ctx, inspect.ID{}, places.TableFile{Body: body})
}
