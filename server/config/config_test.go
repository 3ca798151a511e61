package config_test

import (
	"flag"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"spotcheck/server/config"
)

func read(args []string, env map[string]string) (config.Config, error) {
	f := flag.NewFlagSet("spotcheck", flag.ContinueOnError)
	f.SetOutput(io.Discard)
	finish := config.Flags(f)
	if err := f.Parse(args); err != nil {
		return config.Config{}, err
	}
	var environ []string
	for k, v := range env {
		environ = append(environ, k+"="+v)
	}
	return finish(func(k string) (string, bool) { v, ok := env[k]; return v, ok }, environ)
}

func TestFlagsOverEnvironmentOverDefaults(t *testing.T) {
	c, err := read([]string{"--addr", ":1"}, map[string]string{"SPOTCHECK_ADDR": ":2", "SPOTCHECK_DATA": "/d", "SPOTCHECK_TEST_S3": "x"})
	if err != nil {
		t.Fatal(err)
	}
	if c.Addr != ":1" || c.Data != "/d" || c.Timezone != "Asia/Shanghai" {
		t.Errorf("got %q %q %q", c.Addr, c.Data, c.Timezone)
	}
}

func TestWhatIsWrongStopsTheStartWithOneSentence(t *testing.T) {
	tests := map[string]struct {
		args []string
		env  map[string]string
		want string
	}{
		"unknown flag":      {args: []string{"--adr", ":1"}, want: "adr"},
		"unknown variable":  {env: map[string]string{"SPOTCHECK_ADRR": ":1"}, want: "no setting SPOTCHECK_ADRR"},
		"bad address":       {args: []string{"--addr", "8080"}, want: "--addr: want host:port"},
		"bad zone":          {env: map[string]string{"SPOTCHECK_TIMEZONE": "Mars"}, want: "SPOTCHECK_TIMEZONE: there is no such zone"},
		"half of TLS":       {args: []string{"--tls-cert", "c"}, want: "belong together"},
		"S3 without key":    {args: []string{"--s3-endpoint", "http://h:1"}, want: "SPOTCHECK_S3_KEY"},
		"key without S3":    {env: map[string]string{"SPOTCHECK_S3_KEY": "k"}, want: "--s3-endpoint is not"},
		"bad database":      {args: []string{"--database-url", "mysql://h/d"}, want: "postgres://"},
		"bad proxies":       {args: []string{"--trusted-proxies", "all"}, want: "networks"},
		"plain URL and TLS": {args: []string{"--tls-cert", "c", "--tls-key", "k", "--public-url", "http://h"}, want: "--public-url"},
		"bad size":          {args: []string{"--min-free", "much"}, want: "--min-free: want a size"},
		"bad debug address": {args: []string{"--debug-addr", "0.0.0.0:6060"}, want: "--debug-addr: want an address of this machine alone"},
		"no such file":      {env: map[string]string{"SPOTCHECK_DATABASE_URL_FILE": "/nowhere"}, want: "SPOTCHECK_DATABASE_URL_FILE: open /nowhere"},
		"text and file":     {env: map[string]string{"SPOTCHECK_S3_KEY": "k", "SPOTCHECK_S3_KEY_FILE": "/f"}, want: "both set"},
		"no file for this":  {env: map[string]string{"SPOTCHECK_ADDR_FILE": "/f"}, want: "no setting SPOTCHECK_ADDR_FILE"},
		"a password to see": {args: []string{"--database-url", "postgres://u:hidden@h/d"}, want: "SPOTCHECK_DATABASE_URL_FILE"},
		"one in its query":  {args: []string{"--database-url", "postgres://u@h/d?password=hidden"}, want: "SPOTCHECK_DATABASE_URL_FILE"},
		"bad log":           {args: []string{"--log", "xml"}, want: "text or json"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			_, err := read(tt.args, tt.env)
			if err == nil || !strings.Contains(err.Error(), tt.want) || strings.ContainsAny(err.Error(), "\n") || strings.Contains(err.Error(), "hidden") {
				t.Errorf("got %v, want one sentence with %q", err, tt.want)
			}
		})
	}
}

func TestSecretsDoNotPrint(t *testing.T) {
	c, err := read(nil, map[string]string{"SPOTCHECK_DATABASE_URL": "postgres://u:hidden@h/d"})
	if err != nil {
		t.Fatal(err)
	}
	for _, format := range []string{"%v", "%+v", "%#v", "%s"} {
		if text := fmt.Sprintf(format, c); strings.Contains(text, "hidden") {
			t.Errorf("%s shows a secret: %s", format, text)
		}
	}
}

func TestSecretsComeFromFiles(t *testing.T) {
	dir := t.TempDir()
	file := func(name, text string) string {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	c, err := read([]string{"--s3-endpoint", "https://h"}, map[string]string{
		"SPOTCHECK_S3_KEY_FILE": file("key", "k\n"), "SPOTCHECK_S3_SECRET_FILE": file("secret", "s\r\n"), "SPOTCHECK_METRICS_TOKEN_FILE": file("token", "t"),
		"SPOTCHECK_DATABASE_URL_FILE": file("url", "postgres://u:p@h/d\n")})
	if err != nil {
		t.Fatal(err)
	}
	if c.S3Key != "k" || c.S3Secret != "s" || c.MetricsToken != "t" || c.DatabaseURL != "postgres://u:p@h/d" {
		t.Errorf("got %q %q %q %q", c.S3Key, string(c.S3Secret), string(c.MetricsToken), string(c.DatabaseURL))
	}
	if _, err := read(nil, map[string]string{"SPOTCHECK_METRICS_TOKEN_FILE": file("empty", " \n")}); err == nil || !strings.Contains(err.Error(), "is empty") {
		t.Errorf("an empty file: got %v", err)
	}
}

func TestSizes(t *testing.T) {
	for text, want := range map[string]int64{"0": 0, "1GiB": 1 << 30, "500MiB": 500 << 20, "12": 12, "2 TiB": 2 << 40} {
		if c, err := read([]string{"--min-free", text}, nil); err != nil || c.MinFree != want {
			t.Errorf("%s: got %d, %v, want %d", text, c.MinFree, err, want)
		}
	}
	for _, text := range []string{"", "-1", "1GB", "9999999TiB", "GiB"} {
		if c, err := read([]string{"--min-free", text}, nil); err == nil {
			t.Errorf("%q was read as %d", text, c.MinFree)
		}
	}
}
