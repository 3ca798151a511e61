package main

import (
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"spotcheck/server/core"
	"spotcheck/server/servertest"
)

func TestPeopleByTheCommandLine(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	data := "--data=" + dir
	a := says(t, "", "user", "add", "mei", data)
	a.want(t, 0, "First account, shown only now", "Added mei with the password ")
	made := regexp.MustCompile(`Added mei with the password (\S+)`).FindStringSubmatch(a.out)[1]
	admin := firstAccount(t, a.out)
	b := says(t, "long enough a password\n", "user", "add", "--role", "inspector", "--display-name", "林", "lin", data)
	b.want(t, 0, "Added lin\n")
	if strings.Contains(b.out, "password") {
		t.Errorf("a password that was given is shown: %s", b.out)
	}
	says(t, "", "user", "add", "lin", data).want(t, 1, "Another person logs in by this name")
	says(t, "short\n", "user", "add", "wang", data).want(t, 1, "10 to 200 characters")
	says(t, "", "user", "add", "--role", "unit", "wang", data).want(t, 1, "scope")
	says(t, "", "user", "add", "--role", "mayor", "wang", data).want(t, 1, "want one of")

	says(t, "another long password", "user", "password", "lin", data).want(t, 0, "Changed lin")
	says(t, "", "user", "password", "nobody", data).want(t, 1, `nobody logs in as "nobody"`)
	says(t, "", "user", "disable", "mei", data).want(t, 0, "Disabled mei")
	says(t, "", "user", "disable", "admin", data).want(t, 1, "Somebody has to stay administrator")

	address, stop := servesHere(t, dir)
	s := servertest.At(t, address, admin)
	s.LogIn("admin", admin.Password)
	s.LogIn("lin", "another long password")
	for name, password := range map[string]string{"lin": "long enough a password", "mei": made} {
		c := (&servertest.Client{Server: s, Name: name}).WithT(t)
		c.Do(http.MethodPost, "/api/v1/sessions", map[string]any{"name": name, "password": password, "device": "test"}).WantProblem(401, "session.refused", "after-login")
	}
	stop()
	says(t, "", "audit", data).want(t, 0, " 0 wrong")
}

// firstAccount reads what was printed.
func firstAccount(t *testing.T, out string) core.FirstAccount {
	t.Helper()
	m := regexp.MustCompile(`name +(\S+)\n +password +(\S+)\n`).FindStringSubmatch(out)
	if m == nil {
		t.Fatalf("no account in\n%s", out)
	}
	return core.FirstAccount{Name: m[1], Password: m[2]}
}

func TestCatalogueByTheCommandLine(t *testing.T) {
	t.Parallel()
	data, dir := "--data="+t.TempDir(), t.TempDir()
	file := func(name string, lines ...string) string {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, []byte(strings.Join(lines, "\n")+"\n"), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	const head = "code\told_code\tname_zh\tname_en\tgroup\tlimit\tunit\tclass_zh"
	good := file("good", head, "09020\t\t市场秩序\tMarket order\tstreet_order\t2\tworking_day\t街面秩序", "MQ01\t\t门前三包\tOwn front\tstreet_order\t4\tworking_hour\t本地")
	says(t, "", "catalogue", "import", good, data).want(t, 0, "2 added, 0 changed, 0 as before")
	says(t, "", "catalogue", "import", good, data).want(t, 0, "0 added, 0 changed, 2 as before")
	longer := file("longer", head, "MQ01\t\t门前三包\tOwn front\tstreet_order\t8\tworking_hour\t本地")
	says(t, "", "catalogue", "import", longer, data).want(t, 0, "0 added, 1 changed, 0 as before")

	bad := file("bad", head, "00001\t\t甲\tA\tlitter\t1\tminute\t", "00002\t\t乙\tB\tlitter\tsoon\tminute\t", "00003\t\t丙\tC\tlitter\t1\tfortnight\t",
		"00004\t\t\tD\tlitter\t1\tminute\t")
	a := says(t, "", "catalogue", "import", bad, data)
	a.want(t, 1, "line 3:", "line 4:", "line 5:")
	if strings.Contains(a.err, "line 2:") {
		t.Errorf("a line that is right is named: %s", a.err)
	}
	says(t, "", "catalogue", "import", file("columns", "code\tname", "1\tx"), data).want(t, 1, "catalogue")
	says(t, "", "catalogue", "import", file("empty"), data).want(t, 1, "names no column code")
	says(t, "", "catalogue", "import", filepath.Join(dir, "missing"), data).want(t, 1, "no such file")
	says(t, "", "catalogue", "import", good, data).want(t, 0, "0 added, 1 changed, 1 as before")
	says(t, "", "audit", data).want(t, 0, " 0 wrong")
}

func TestMigrate(t *testing.T) {
	t.Parallel()
	data := "--data=" + t.TempDir()
	for range 2 {
		says(t, "", "migrate", data).want(t, 0, "The database has schema ")
	}
	says(t, "", "audit", data).want(t, 0, "0 events in 0 streams up to number 0", "0 wrong")
}

func TestAreasByTheCommandLine(t *testing.T) {
	t.Parallel()
	data, dir := "--data="+t.TempDir(), t.TempDir()
	file := func(name, text string) string {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	good := file("good.csv", "code,name,level,class,parent,width_m,wkt\n1,City,city,,,,\"POLYGON((110 20,111 20,111 21,110 21,110 20))\"\n")
	says(t, "", "areas", "import", good, data).want(t, 2, "say --datum")
	says(t, "", "areas", "import", good, data, "--datum", "mars").want(t, 2, "datum")
	says(t, "", "areas", "import", good, data, "--datum", "wgs84").want(t, 1, "there is no city in")
	says(t, "", "migrate", data).want(t, 0)
	says(t, "", "areas", "import", good, data, "--datum", "wgs84").want(t, 0, "1 areas in the file: 1 new, 0 changed; 0 errors", "checked")
	says(t, "", "areas", "import", good, data, "--datum", "wgs84", "--apply").want(t, 0, "1 new", "applied")
	bow := file("bow.csv", "code,name,level,class,parent,width_m,wkt\n2,Bow,district,,1,,\"POLYGON((110 20,110.5 20.5,110.5 20,110 20.5,110 20))\"\n")
	says(t, "", "areas", "import", bow, data, "--datum", "wgs84", "--apply").want(t, 1, "row 2", "1 errors")
}
