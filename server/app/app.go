// Package app puts the parts together: opens them in order, runs them, closes them in reverse.
package app

import (
	"context"
	"crypto/ed25519"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"time"

	"spotcheck/pkg/photo"
	"spotcheck/pkg/signedlog"
	"spotcheck/server/backup"
	"spotcheck/server/blob"
	"spotcheck/server/blob/dirblob"
	"spotcheck/server/blob/minioblob"
	"spotcheck/server/config"
	"spotcheck/server/core"
	"spotcheck/server/core/city"
	"spotcheck/server/core/messages"
	"spotcheck/server/decoder"
	"spotcheck/server/httpapi"
	"spotcheck/server/jobs"
	"spotcheck/server/notify"
	"spotcheck/server/secret"
	"spotcheck/server/store"
	"spotcheck/server/tables"
)

// closeTime is how long what is under way may take when the server stops.
const closeTime = 20 * time.Second

// tidyEvery is how often the store of bytes is tidied.
const tidyEvery = 10 * time.Minute

// decodedAtOnce bounds the pixels that are being decoded at one time.
const decodedAtOnce = 64_000_000

// App is an installation that is open.
type App struct {
	Config  config.Config
	Core    *core.Core
	Log     *slog.Logger
	Version string
	closers []func(context.Context) error
}

// Open opens the stores and brings the database up to date. now is the clock, core.Clock but in tests and demos.
func Open(ctx context.Context, c config.Config, log *slog.Logger, now func() time.Time) (*App, error) {
	return open(ctx, c, log, now, opening{ready: (*store.Store).Migrate})
}

func open(ctx context.Context, c config.Config, log *slog.Logger, now func() time.Time, o opening) (*App, error) {
	a := &App{Config: c, Log: log}
	if err := a.open(ctx, now, o); err != nil {
		return nil, errors.Join(err, a.Close())
	}
	return a, nil
}

func (a *App) open(ctx context.Context, now func() time.Time, o opening) error {
	if o.existing {
		if err := wantFolder(&a.Config); err != nil {
			return err
		}
	}
	if !o.readOnly {
		if err := wantWritable(a.Config.Data); err != nil {
			return err
		}
	}
	if _, err := os.Stat(filepath.Join(a.Config.Data, backup.Marker)); err == nil {
		return fmt.Errorf("a restore into %s was interrupted: run it again, or empty the folder", a.Config.Data)
	}
	zone, err := city.LoadZone(a.Config.Timezone)
	if err != nil {
		return err
	}
	s, blobs, err := a.openStores(ctx, now, o)
	if err != nil {
		return err
	}
	d, err := decoder.New()
	if err != nil {
		return err
	}
	t, err := tables.New()
	if err != nil {
		return err
	}
	var box secret.Box // who only reads opens no secret
	keys, err := openLogKeys(ctx, a.Config, s, !o.existing && !o.readOnly)
	if err != nil {
		return err
	}
	var disks []city.Disk
	if !o.readOnly {
		if box, err = openBox(a.Config); err != nil {
			return err
		}
		if disks, err = a.disks(blobs); err != nil {
			return err
		}
	}
	var collector *notify.Syslog
	if a.Config.Syslog != "" {
		if collector, err = notify.NewSyslog(a.Config.Syslog, a.Config.SyslogRoots); err != nil {
			return err
		}
	}
	outside := notify.NewOutboundClient(a.Config.PrivateTargets, nil)
	a.closers = append(a.closers, func(context.Context) error { outside.Close(); return nil })
	s.SendLog(messages.TellLog{}, collector != nil)
	a.Core = core.New(core.Options{Secrets: box, LogKeys: keys, Outside: outside, PublicURL: a.Config.PublicURL,
		Collector: collector, OnePerson: a.Config.OnePerson, Store: s, Blobs: blobs, Zone: zone, Now: now,
		Log: a.Log, Decode: d.Decode, Tables: t.Read, Gate: photo.NewPixelSemaphore(decodedAtOnce),
		Disks: disks, MinFree: a.Config.MinFree})
	return nil
}

// disks are those that this process fills: that of the photos, and that of the database where it is another one of this machine.
func (a *App) disks(blobs blob.Store) ([]city.Disk, error) {
	free := func(dir string) func() (int64, error) { return func() (int64, error) { return blob.Free(dir) } }
	all := []city.Disk{{Of: city.DiskOfPhotos, Free: free(blobs.SpoolDir())}}
	if a.Config.DatabaseURL != "" {
		return all, nil
	}
	same, err := blob.SameDisk(blobs.SpoolDir(), a.Config.Data)
	if err == nil && !same {
		all = append(all, city.Disk{Of: city.DiskOfDatabase, Free: free(a.Config.Data)})
	}
	return all, err
}

// openStores opens the database and the bytes. What is begun anew is not begun beside what another city left.
func (a *App) openStores(ctx context.Context, now func() time.Time, o opening) (*store.Store, blob.Store, error) {
	if err := besideFolder(&a.Config); err != nil {
		return nil, nil, err
	}
	where := database(a.Config, now)
	where.ReadOnly = o.readOnly
	s, err := store.Open(ctx, where)
	if err != nil {
		return nil, nil, damaged(&a.Config, err)
	}
	a.closers = append(a.closers, func(context.Context) error { return s.Close() })
	begun, err := s.Begun(ctx)
	switch {
	case err != nil:
		return nil, nil, damaged(&a.Config, err)
	case !begun && o.existing:
		return nil, nil, errors.New("there is no city in the database: look at --data and --database-url")
	case !begun:
		if err := besideDatabase(&a.Config); err != nil {
			return nil, nil, err
		}
	}
	if o.readOnly && a.Config.S3Endpoint == "" {
		return s, dirblob.OpenRead(photosIn(&a.Config)), o.ready(s, ctx)
	}
	blobs, err := openBlobs(ctx, a.Config, a.Log, !o.existing)
	if err != nil {
		return nil, nil, err
	}
	if !o.existing { // who audits a city that lost its photos is told which
		if err := besideBytes(ctx, &a.Config, s, blobs, begun); err != nil {
			return nil, nil, err
		}
	}
	return s, blobs, damaged(&a.Config, o.ready(s, ctx))
}

// openBox makes the box for secrets. Several copies share a database only with a key that all are given.
func openBox(c config.Config) (secret.Box, error) {
	var key []byte
	var err error
	switch {
	case c.SecretKey != "":
		if key, err = secret.ParseKey(string(c.SecretKey)); err != nil {
			err = fmt.Errorf("SPOTCHECK_SECRET_KEY: %w", err)
		}
	case c.DatabaseURL == "":
		key, err = secret.KeyFile(filepath.Join(c.Data, "secret.key"))
	default:
		return secret.Box{}, nil
	}
	if err != nil {
		return secret.Box{}, err
	}
	return secret.New(key)
}

// openLogKeys gives the keys of the growing log. Like that for secrets, the one that signs is made beside the database of a single process; never where
// the log was signed before, since nobody would believe another one.
func openLogKeys(ctx context.Context, c config.Config, s *store.Store, makes bool) (keys signedlog.Keys, err error) {
	keys.Older = c.LogKeys
	path := filepath.Join(c.Data, "log.key")
	var seed []byte
	switch {
	case c.LogKey != "":
		if seed, err = secret.ParseKey(string(c.LogKey)); err != nil {
			return keys, fmt.Errorf("SPOTCHECK_LOG_KEY: %w", err)
		}
	case c.DatabaseURL != "":
		return keys, nil
	default:
		if _, err := os.Stat(path); errors.Is(err, fs.ErrNotExist) {
			if makes, err = unsigned(ctx, s, makes); err != nil || !makes {
				return keys, err
			}
		}
		if seed, err = secret.KeyFile(path); err != nil {
			return keys, err
		}
	}
	keys.Signer = ed25519.NewKeyFromSeed(seed)
	return keys, nil
}

// unsigned says whether a key may be made and the log was never signed.
func unsigned(ctx context.Context, s *store.Store, makes bool) (bool, error) {
	if !makes {
		return false, nil
	}
	err := s.Read(ctx, func(ctx context.Context, tx *store.Tx) error {
		_, signed, err := tx.LastLogCheckpoint(ctx)
		makes = !signed
		return err
	})
	return makes, err
}

// database says where the database of an installation is.
func database(c config.Config, now func() time.Time) store.Options {
	return store.Options{URL: string(c.DatabaseURL), Path: databaseIn(&c), Now: now, NoSync: c.NoSync}
}

// openBlobs opens where bytes lie; a bucket that is missing is made where that is said.
func openBlobs(ctx context.Context, c config.Config, log *slog.Logger, make bool) (blob.Store, error) {
	if c.S3Endpoint == "" {
		return dirblob.Open(photosIn(&c))
	}
	s, err := minioblob.Open(ctx, minioblob.Options{Endpoint: c.S3Endpoint, Bucket: c.S3Bucket, Key: c.S3Key,
		Secret: string(c.S3Secret), Existing: !make, SpoolDir: filepath.Join(c.Data, "spool")})
	if err != nil {
		return nil, err
	}
	if kept := s.Retention(ctx); kept != "" {
		log.Warn("the bucket keeps everything for a time: photos that are erased by decision go only after it", "bucket", c.S3Bucket, "retention", kept)
	}
	return s, nil
}

// Serve starts the jobs and answers requests until the context ends; ready is told the address.
func (a *App) Serve(ctx context.Context, ready func(addr string, first *core.FirstAccount)) error {
	if a.Config.DatabaseURL == "" { // copies that share PostgreSQL each have a folder of their own
		leave, err := takeFolder(filepath.Join(a.Config.Data, "server.lock"))
		if err != nil {
			return err
		}
		a.closers = append(a.closers, func(context.Context) error { return leave() })
	}
	first, err := a.Core.Start(ctx)
	if err != nil {
		return damaged(&a.Config, err)
	}
	if !a.Core.LogKeys.Signs() {
		a.Log.Warn("the log of events is not signed: give the server its key, SPOTCHECK_LOG_KEY")
	}
	a.checkDatabase(ctx)
	a.Watch(ctx)
	ticker := time.NewTicker(tidyEvery)
	defer ticker.Stop()
	a.Tidy(ctx, ticker.C)
	j, err := jobs.Start(ctx, a.Core, a.Core.Store, string(a.Config.DatabaseURL), a.Log)
	if err != nil {
		return err
	}
	a.closers = append(a.closers, j.Close)
	h, err := httpapi.Listen(httpapi.Options{Core: a.Core, Log: a.Log, Addr: a.Config.Addr, PublicURL: a.Config.PublicURL,
		Proxies: a.Config.TrustedProxies, TLSCert: a.Config.TLSCert, TLSKey: a.Config.TLSKey, MetricsToken: string(a.Config.MetricsToken),
		Version: a.Version, Folder: a.Config.Data})
	if err != nil {
		return err
	}
	a.closers = append(a.closers, h.Close)
	if err := a.debug(); err != nil {
		return err
	}
	if a.Config.TLSCert == "" && len(a.Config.TrustedProxies) == 0 && strings.HasPrefix(a.Config.PublicURL, "https://") {
		a.Log.Warn("--public-url says that a proxy speaks TLS for this server, but none is trusted: all of its clients will look like one; name it with --trusted-proxies")
	}
	failed := make(chan error, 1)
	go func() { failed <- h.Serve() }()
	ready(h.Addr(), first)
	select {
	case <-ctx.Done():
		return nil
	case err := <-failed:
		return err
	}
}

// debug shows pprof on loopback when that is asked for.
func (a *App) debug() error {
	if a.Config.DebugAddr == "" {
		return nil
	}
	d, err := httpapi.ListenDebug(a.Config.DebugAddr)
	if err != nil {
		return err
	}
	done := make(chan struct{})
	go func() {
		defer close(done)
		d.Serve()
	}()
	a.closers = append(a.closers, func(ctx context.Context) error {
		err := d.Close(ctx)
		<-done
		return err
	})
	a.Log.Info("pprof", "address", d.Addr())
	return nil
}

// Tidy has the store of bytes tidied each time the ticker says so, until the app closes: each copy has a spool of its own.
func (a *App) Tidy(ctx context.Context, tick <-chan time.Time) {
	ctx, stop := context.WithCancel(context.WithoutCancel(ctx))
	done := make(chan struct{})
	go func() {
		defer close(done)
		for {
			select {
			case <-tick:
				if err := a.Core.Blobs.Tidy(ctx); err != nil && ctx.Err() == nil {
					a.Log.Warn("what crashes left beside the photos cannot be cleared away", "error", err)
				}
			case <-ctx.Done():
				return
			}
		}
	}()
	a.closers = append(a.closers, func(context.Context) error {
		stop()
		<-done
		return nil
	})
}

// Watch rings the bell for every new event until the app closes.
func (a *App) Watch(ctx context.Context) {
	ctx, stop := context.WithCancel(context.WithoutCancel(ctx))
	done := make(chan struct{})
	go func() {
		defer close(done)
		a.Core.Store.Watch(ctx, string(a.Config.DatabaseURL), a.Core.Notifier.Ring)
	}()
	a.closers = append(a.closers, func(context.Context) error {
		stop()
		<-done
		return nil
	})
}

// Close closes everything in the reverse order of opening. It has a time of its own: who closes often does so because a
// context has ended.
//
//nolint:contextcheck
func (a *App) Close() error {
	ctx, cancel := context.WithTimeout(context.Background(), closeTime)
	defer cancel()
	var all error
	for n := len(a.closers) - 1; n >= 0; n-- {
		all = errors.Join(all, a.closers[n](ctx))
	}
	a.closers = nil
	return all
}
