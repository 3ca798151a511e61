// Package config reads the settings of a process: flags over environment over defaults. Nothing else in the program
// reads the environment.
package config

import (
	"crypto/ed25519"
	"errors"
	"flag"
	"fmt"
	"io"
	"log/slog"
	"math"
	"net"
	"net/netip"
	"net/url"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"spotcheck/pkg/signedlog"
)

// Secret is a text that prints as ***.
type Secret string

// String hides the text.
func (s Secret) String() string {
	if s == "" {
		return ""
	}
	return "***"
}

// GoString hides the text from %#v.
func (s Secret) GoString() string { return s.String() }

// LogValue hides the text from logs.
func (s Secret) LogValue() slog.Value { return slog.StringValue(s.String()) }

// Config is all that can be set.
type Config struct {
	Addr           string
	Data           string // folder
	DatabaseURL    Secret // of PostgreSQL; empty for SQLite in the folder
	S3Endpoint     string // of MinIO or S3; empty for photos in the folder
	S3Bucket       string
	S3Key          string
	S3Secret       Secret
	Timezone       string
	PublicURL      string
	TrustedProxies []netip.Prefix
	TLSCert        string
	TLSKey         string
	Log            string              // text or json
	MetricsToken   Secret              // lets others than loopback read /metrics
	OnePerson      bool                // the first account of an empty city is administrator and office at once
	Syslog         string              // host and port of a collector of the security log; empty for none
	SyslogRoots    string              // file of who vouches for it
	DebugAddr      string              // on loopback; empty for none
	SecretKey      Secret              // seals what has to be read back; empty for one in the data folder
	LogKey         Secret              // signs the log of events; empty for one in the data folder
	LogKeys        []ed25519.PublicKey // that signed it before
	PrivateTargets []netip.Prefix
	MinFree        int64 // bytes of disk below which photos are refused
	BeginEmpty     bool  // a new city may begin beside what another one left
	NoSync         bool  // commits are not synced to disk: only for data that can be made again, and never a setting
}

// setting is a row of the table of what can be set.
type setting struct {
	flag, env, preset, usage string
	secret                   bool              // only by the environment, so that no process list shows it
	file                     bool              // may be the text of a file that the variable with _FILE behind names
	unlisted                 func(string) bool // says what must not stand on the line of a command; nil for all may
	set                      func(*Config, string) error
}

// settings are all of them, as the README lists them.
var settings = []setting{
	{flag: "addr", env: "SPOTCHECK_ADDR", preset: ":8080", usage: "address to listen on", set: func(c *Config, v string) error {
		c.Addr = v
		_, port, err := net.SplitHostPort(v)
		if err != nil || port == "" {
			return errors.New("want host:port or :port")
		}
		return nil
	}},
	{flag: "data", env: "SPOTCHECK_DATA", preset: "data", usage: "folder for the database, photos and uploads", set: func(c *Config, v string) error {
		c.Data = filepath.Clean(v)
		return wanted(v)
	}},
	{flag: "database-url", env: "SPOTCHECK_DATABASE_URL", file: true, unlisted: withPassword, usage: "PostgreSQL, postgres://…; SQLite in the data folder when empty",
		set: func(c *Config, v string) error {
			c.DatabaseURL = Secret(v)
			return optionalURL(v, "postgres", "postgresql")
		}},
	{flag: "s3-endpoint", env: "SPOTCHECK_S3_ENDPOINT", usage: "MinIO or S3, http://host:port; the data folder when empty", set: func(c *Config, v string) error {
		c.S3Endpoint = v
		return optionalURL(v, "http", "https")
	}},
	{flag: "s3-bucket", env: "SPOTCHECK_S3_BUCKET", preset: "spotcheck", usage: "bucket, made when there is none",
		set: func(c *Config, v string) error { c.S3Bucket = v; return wanted(v) }},
	{env: "SPOTCHECK_S3_KEY", file: true, usage: "access key of the S3 endpoint", secret: true, set: func(c *Config, v string) error { c.S3Key = v; return nil }},
	{env: "SPOTCHECK_S3_SECRET", file: true, usage: "secret key of the S3 endpoint", secret: true, set: func(c *Config, v string) error { c.S3Secret = Secret(v); return nil }},
	{env: "SPOTCHECK_METRICS_TOKEN", file: true, usage: "bearer token for /metrics from other machines", secret: true,
		set: func(c *Config, v string) error { c.MetricsToken = Secret(v); return nil }},
	{flag: "timezone", env: "SPOTCHECK_TIMEZONE", preset: "Asia/Shanghai", usage: "zone of the city; fixed at first start", set: func(c *Config, v string) error {
		c.Timezone = v
		if _, err := time.LoadLocation(v); err != nil || v == "" || v == "Local" {
			return errors.New("there is no such zone")
		}
		return nil
	}},
	{flag: "public-url", env: "SPOTCHECK_PUBLIC_URL", usage: "address under which browsers reach the server, https://…", set: func(c *Config, v string) error {
		c.PublicURL = strings.TrimSuffix(v, "/")
		return optionalURL(v, "http", "https")
	}},
	{flag: "trusted-proxies", env: "SPOTCHECK_TRUSTED_PROXIES", usage: "networks whose forwarded headers are believed, 10.0.0.0/8,…", set: func(c *Config, v string) (err error) {
		c.TrustedProxies, err = networks(v)
		return err
	}},
	{flag: "tls-cert", env: "SPOTCHECK_TLS_CERT", usage: "certificate file", set: func(c *Config, v string) error { c.TLSCert = v; return nil }},
	{flag: "tls-key", env: "SPOTCHECK_TLS_KEY", usage: "key file of the certificate", set: func(c *Config, v string) error { c.TLSKey = v; return nil }},
	{env: "SPOTCHECK_SECRET_KEY", file: true, usage: "32 bytes in base64 that seal the secrets in the database; made in the data folder when empty",
		secret: true, set: func(c *Config, v string) error {
			c.SecretKey = Secret(v)
			return nil
		}},
	{env: "SPOTCHECK_LOG_KEY", file: true, usage: "32 bytes in base64 that sign the log of events; made in the data folder when empty",
		secret: true, set: func(c *Config, v string) error {
			c.LogKey = Secret(v)
			return nil
		}},
	{flag: "log-keys", env: "SPOTCHECK_LOG_KEYS", usage: "public keys that signed the log of events before this one, name+hash+key,…",
		set: func(c *Config, v string) (err error) {
			c.LogKeys, err = logKeys(v)
			return err
		}},
	{flag: "private-targets", env: "SPOTCHECK_PRIVATE_TARGETS", usage: "private networks that messages may go to, 10.0.0.0/8,…; none when empty",
		set: func(c *Config, v string) (err error) {
			c.PrivateTargets, err = networks(v)
			return err
		}},
	{flag: "one-person", env: "SPOTCHECK_ONE_PERSON", preset: "no",
		usage: "yes: the first account of an empty city is administrator and office at once, for a trial or a small district", set: func(c *Config, v string) error {
			if c.OnePerson = v == "yes"; v != "yes" && v != "no" {
				return errors.New("want yes or no")
			}
			return nil
		}},
	{flag: "syslog", env: "SPOTCHECK_SYSLOG", usage: "collector that is sent the security log by syslog over TLS, host:6514; none when empty",
		set: func(c *Config, v string) error {
			c.Syslog = v
			if host, port, err := net.SplitHostPort(v); v != "" && (err != nil || host == "" || port == "") {
				return errors.New("want host:port")
			}
			return nil
		}},
	{flag: "syslog-ca", env: "SPOTCHECK_SYSLOG_CA", usage: "file of certificates that vouch for the collector; those of the system when empty",
		set: func(c *Config, v string) error { c.SyslogRoots = v; return nil }},
	{flag: "min-free", env: "SPOTCHECK_MIN_FREE", preset: "1GiB",
		usage: "disk below which photos are refused, so that the database can go on; 0 for never", set: func(c *Config, v string) (err error) {
			c.MinFree, err = size(v)
			return err
		}},
	{flag: "debug-addr", env: "SPOTCHECK_DEBUG_ADDR", usage: "loopback address for pprof, 127.0.0.1:6060; none when empty", set: func(c *Config, v string) error {
		c.DebugAddr = v
		return loopback(v)
	}},
	{flag: "begin-empty", env: "SPOTCHECK_BEGIN_EMPTY", preset: "no", usage: "yes: an empty database or place of photos is meant, though another city's is there",
		set: func(c *Config, v string) error {
			if c.BeginEmpty = v == "yes"; v != "yes" && v != "no" {
				return errors.New("want yes or no")
			}
			return nil
		}},
	{flag: "log", env: "SPOTCHECK_LOG", preset: "text", usage: "form of the log, text or json", set: func(c *Config, v string) error {
		if c.Log = v; v != "text" && v != "json" {
			return errors.New("want text or json")
		}
		return nil
	}},
}

func logKeys(v string) (all []ed25519.PublicKey, err error) {
	for part := range strings.SplitSeq(v, ",") {
		if part = strings.TrimSpace(part); part == "" {
			continue
		}
		key, err := signedlog.ParseVerifierKey(part)
		if err != nil {
			return nil, err
		}
		all = append(all, key)
	}
	return all, nil
}

func wanted(v string) error {
	if v == "" {
		return errors.New("must not be empty")
	}
	return nil
}

func optionalURL(v string, schemes ...string) error {
	if v == "" {
		return nil
	}
	u, err := url.Parse(v)
	if err == nil && u.Host != "" {
		for _, s := range schemes {
			if u.Scheme == s {
				return nil
			}
		}
	}
	return fmt.Errorf("want an address that begins with %s://", schemes[0])
}

// withPassword says whether an address holds a password.
func withPassword(v string) bool {
	u, err := url.Parse(v)
	if err != nil {
		return strings.Contains(v, "@")
	}
	_, has := u.User.Password()
	return has || u.Query().Has("password")
}

// size reads bytes such as 1GiB, 500MiB or 0.
func size(v string) (int64, error) {
	number, unit := v, int64(1)
	for suffix, bytes := range map[string]int64{"KiB": 1 << 10, "MiB": 1 << 20, "GiB": 1 << 30, "TiB": 1 << 40} {
		if text, ok := strings.CutSuffix(v, suffix); ok {
			number, unit = text, bytes
		}
	}
	n, err := strconv.ParseInt(strings.TrimSpace(number), 10, 64)
	if err != nil || n < 0 || n > math.MaxInt64/unit {
		return 0, errors.New("want a size such as 1GiB or 500MiB")
	}
	return n * unit, nil
}

// loopback refuses an address that others can reach.
func loopback(v string) error {
	if v == "" {
		return nil
	}
	host, _, err := net.SplitHostPort(v)
	a, errAddr := netip.ParseAddr(host)
	if err != nil || host != "localhost" && (errAddr != nil || !a.IsLoopback()) {
		return errors.New("want an address of this machine alone, such as 127.0.0.1:6060")
	}
	return nil
}

// fileText is the text of a small file without the end of its last line.
func fileText(path string) (string, error) {
	f, err := os.Open(path)
	if err != nil {
		return "", err
	}
	defer func() { _ = f.Close() }() // it was only read
	b, err := io.ReadAll(io.LimitReader(f, 64<<10))
	if err == nil && len(strings.TrimSpace(string(b))) == 0 {
		err = fmt.Errorf("%s is empty", path)
	}
	return strings.TrimRight(string(b), "\r\n"), err
}

func networks(v string) (all []netip.Prefix, err error) {
	for part := range strings.SplitSeq(v, ",") {
		if part = strings.TrimSpace(part); part == "" {
			continue
		}
		p, err := netip.ParsePrefix(part)
		if err != nil {
			a, errAddr := netip.ParseAddr(part)
			if errAddr != nil {
				return nil, errors.New("want networks such as 10.0.0.0/8, separated by commas")
			}
			p = netip.PrefixFrom(a, a.BitLen())
		}
		all = append(all, p)
	}
	return all, nil
}

// Flags registers every setting on a flag set; Read gives the result after parsing. env looks a variable up and environ
// lists them all, as os.LookupEnv and os.Environ do.
func Flags(f *flag.FlagSet) (read func(lookup func(string) (string, bool), environ []string) (Config, error)) {
	given := map[string]*string{}
	for _, s := range settings {
		if !s.secret {
			given[s.flag] = f.String(s.flag, s.preset, s.usage+" ("+s.env+")")
		}
	}
	return func(lookup func(string) (string, bool), environ []string) (c Config, err error) {
		onLine := map[string]bool{}
		f.Visit(func(v *flag.Flag) { onLine[v.Name] = true })
		for _, s := range settings {
			value, from := s.preset, "default"
			if v, ok := lookup(s.env); ok {
				value, from = v, s.env
			}
			if path, ok := lookup(s.env + "_FILE"); ok && s.file {
				if from == s.env {
					return c, fmt.Errorf("%s and %s_FILE are both set: give one", s.env, s.env)
				}
				if value, err = fileText(path); err != nil {
					return c, fmt.Errorf("%s_FILE: %w", s.env, err)
				}
				from = s.env + "_FILE"
			}
			if onLine[s.flag] {
				value, from = *given[s.flag], "--"+s.flag
				if s.unlisted != nil && s.unlisted(value) {
					return c, fmt.Errorf("%s holds a password, which every list of processes shows: give it as %s or %s_FILE", from, s.env, s.env)
				}
			}
			if err := s.set(&c, value); err != nil {
				return c, fmt.Errorf("%s: %w", from, err)
			}
		}
		if err := unknown(environ); err != nil {
			return c, err
		}
		err = c.contradictions()
		return c, err
	}
}

// unknown finds a variable of ours that is misspelt; those of the tests are not settings.
func unknown(environ []string) error {
	for _, line := range environ {
		name, _, _ := strings.Cut(line, "=")
		if !strings.HasPrefix(name, "SPOTCHECK_") || strings.HasPrefix(name, "SPOTCHECK_TEST_") || name == "SPOTCHECK_CACHE" {
			continue
		}
		known := false
		for _, s := range settings {
			known = known || s.env == name || s.file && s.env+"_FILE" == name
		}
		if !known {
			return fmt.Errorf("there is no setting %s", name)
		}
	}
	return nil
}

func (c *Config) contradictions() error {
	switch {
	case (c.TLSCert == "") != (c.TLSKey == ""):
		return errors.New("--tls-cert and --tls-key belong together: give both or neither")
	case c.S3Endpoint != "" && (c.S3Key == "" || c.S3Secret == ""):
		return errors.New("--s3-endpoint needs SPOTCHECK_S3_KEY and SPOTCHECK_S3_SECRET in the environment, or both with _FILE behind")
	case c.S3Endpoint == "" && c.S3Key != "":
		return errors.New("SPOTCHECK_S3_KEY is set but --s3-endpoint is not: give both or neither")
	case c.SyslogRoots != "" && c.Syslog == "":
		return errors.New("--syslog-ca is given but --syslog is not: give both or neither")
	case c.TLSCert != "" && strings.HasPrefix(c.PublicURL, "http://"):
		return errors.New("--public-url begins with http:// though --tls-cert is given")
	}
	return nil
}

// Logger makes the log of the process.
func (c *Config) Logger(w io.Writer) *slog.Logger {
	if c.Log == "json" {
		return slog.New(slog.NewJSONHandler(w, nil))
	}
	return slog.New(slog.NewTextHandler(w, nil))
}
