package server_test

import (
	"flag"
	"io"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"go.yaml.in/yaml/v3"

	"spotcheck/server/config"
)

// service is what this test looks at of a service of docker-compose.yml.
type service struct {
	Image       string
	User        string
	ReadOnly    bool `yaml:"read_only"`
	Environment map[string]string
	Ports       []string
	Healthcheck struct{ Test []string }
	CapDrop     []string `yaml:"cap_drop"`
}

func compose(t *testing.T) (services map[string]service, text string) {
	t.Helper()
	raw, err := os.ReadFile("../docker-compose.yml")
	if err != nil {
		t.Fatal(err)
	}
	var file struct{ Services map[string]service }
	if err := yaml.Unmarshal(raw, &file); err != nil {
		t.Fatal(err)
	}
	return file.Services, string(raw)
}

// mandatory is a variable without which nothing starts, with the sentence that says so.
var mandatory = regexp.MustCompile(`\$\{([A-Z0-9_]+):\?([^}]+)\}`)

// optional is a variable with a default.
var optional = regexp.MustCompile(`\$\{([A-Z0-9_]+):-([^}]*)\}`)

func TestTheCompositionStartsOnlyWithPasswordsOfItsOwn(t *testing.T) {
	services, _ := compose(t)
	for name, want := range map[string][]string{
		"spotcheck-a": {"SPOTCHECK_DATABASE_URL", "SPOTCHECK_S3_KEY", "SPOTCHECK_S3_SECRET", "SPOTCHECK_METRICS_TOKEN", "SPOTCHECK_SECRET_KEY"},
		"spotcheck-b": {"SPOTCHECK_DATABASE_URL", "SPOTCHECK_S3_KEY", "SPOTCHECK_S3_SECRET", "SPOTCHECK_METRICS_TOKEN", "SPOTCHECK_SECRET_KEY"},
		"postgres":    {"POSTGRES_PASSWORD"},
		"minio":       {"MINIO_ROOT_USER", "MINIO_ROOT_PASSWORD"},
	} {
		for _, variable := range want {
			if m := mandatory.FindStringSubmatch(services[name].Environment[variable]); m == nil || !strings.Contains(m[2], m[1]) {
				t.Errorf("%s: %s is %q, want a variable that must be set and a sentence that names it", name, variable, services[name].Environment[variable])
			}
		}
	}
}

func TestTheCompositionIsClosedAndHealthy(t *testing.T) {
	services, text := compose(t)
	if len(services) != 5 {
		t.Fatalf("got %d services", len(services))
	}
	for name, s := range services {
		if !slices.Equal(s.CapDrop, []string{"ALL"}) {
			t.Errorf("%s keeps rights: %v", name, s.CapDrop)
		}
		if len(s.Healthcheck.Test) < 2 || s.Healthcheck.Test[0] != "CMD" {
			t.Errorf("%s: nobody asks whether it is well: %v", name, s.Healthcheck.Test)
		}
		if strings.Contains(s.Image, "/") || strings.HasSuffix(s.Image, ":latest") {
			t.Errorf("%s: the image %q", name, s.Image)
		}
		if open := len(s.Ports) > 0; open != (name == "proxy") {
			t.Errorf("%s: ports %v", name, s.Ports)
		}
		if own := strings.HasPrefix(name, "spotcheck"); own && !s.ReadOnly {
			t.Errorf("%s can write into its root", name)
		}
	}
	if !regexp.MustCompile(`image: postgres:\d+\n`).MatchString(text) {
		t.Error("PostgreSQL is not pinned to a major version")
	}
}

// TestTheCompositionsSettingsAreUnderstood reads them as the server would.
func TestTheCompositionsSettingsAreUnderstood(t *testing.T) {
	services, _ := compose(t)
	for _, name := range []string{"spotcheck-a", "spotcheck-b"} {
		env, environ := map[string]string{}, []string{}
		for k, v := range services[name].Environment {
			v = optional.ReplaceAllString(mandatory.ReplaceAllString(v, "a1b2c3d4"), "$2")
			env[k], environ = v, append(environ, k+"="+v)
		}
		f := flag.NewFlagSet("serve", flag.ContinueOnError)
		f.SetOutput(io.Discard)
		read := config.Flags(f)
		if err := f.Parse(nil); err != nil {
			t.Fatal(err)
		}
		c, err := read(func(k string) (string, bool) { v, ok := env[k]; return v, ok }, environ)
		if err != nil || c.DatabaseURL == "" || c.S3Endpoint == "" || len(c.TrustedProxies) != 1 {
			t.Errorf("%s: %+v, %v", name, c, err)
		}
	}
}

func TestImagesAreBuiltFromWhatIsTested(t *testing.T) {
	read := func(name string) string {
		b, err := os.ReadFile("../" + name)
		if err != nil {
			t.Fatal(err)
		}
		return string(b)
	}
	one := func(name, pattern string) string {
		m := regexp.MustCompile(pattern).FindStringSubmatch(read(name))
		if m == nil {
			t.Fatalf("%s has no %s", name, pattern)
		}
		return m[1]
	}
	if image, script := one("scripts/minio.Dockerfile", `(?m)^ARG MINIO=(\S+)$`), one("scripts/minio.sh", `(?m)^version=(\S+)$`); image != script {
		t.Errorf("the image has MinIO %s, the tests %s", image, script)
	}
	language := one("go.mod", `(?m)^go (\d+\.\d+)`)
	for _, name := range []string{"server/Dockerfile", "scripts/minio.Dockerfile"} {
		if got := one(name, `(?m)^FROM golang:(\S+) AS build$`); got != language {
			t.Errorf("%s builds with Go %s, go.mod wants %s", name, got, language)
		}
	}
	server := read("server/Dockerfile")
	for _, want := range []string{"\nFROM scratch\n", "\nUSER 65532:65532\n", "CGO_ENABLED=0",
		"\nCOPY server/decoder/purego server/decoder/purego\nRUN go mod download\n", `CMD ["/spotcheck", "health"]`} {
		if !strings.Contains(server, want) {
			t.Errorf("server/Dockerfile lacks %q", want)
		}
	}
}
