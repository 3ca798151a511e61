// Command oapi logs in, reports, sends the photo and assigns with the client that oapi-codegen makes.
package main

import (
	"bytes"
	"context"
	api "contracttry/oapi"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"log"
	"net/http"
	"os"
	"time"

	"github.com/google/uuid"
)

const longitude = 110.35770195978976

func want[T comparable](what string, got, wanted T) {
	if got != wanted {
		log.Fatalf("%s: got %v, want %v", what, got, wanted)
	}
}

func ok[T any](what string, body *T, status string, raw []byte, err error) *T {
	if err != nil || body == nil {
		log.Fatalf("%s: %s %v %s", what, status, err, raw)
	}
	return body
}

func to[T any](v T) *T { return &v }

func main() {
	ctx, server := context.Background(), os.Getenv("CONTRACT_SERVER")
	photo, err := os.ReadFile(os.Getenv("CONTRACT_PHOTO"))
	if err != nil {
		log.Fatal(err)
	}
	sum := sha256.Sum256(photo)
	unit := uuid.MustParse(os.Getenv("CONTRACT_UNIT"))

	stranger, err := api.NewClientWithResponses(server)
	if err != nil {
		log.Fatal(err)
	}
	login, err := stranger.LogInWithResponse(ctx, api.Credentials{Name: os.Getenv("CONTRACT_NAME"), Password: os.Getenv("CONTRACT_PASSWORD"), Device: to("oapi-codegen")})
	session := ok("log-in", login.JSON201, login.Status(), login.Body, err)

	client, err := api.NewClientWithResponses(server, api.WithRequestEditorFn(func(_ context.Context, r *http.Request) error {
		r.Header.Set("Authorization", "Bearer "+*session.Token)
		return nil
	}))
	if err != nil {
		log.Fatal(err)
	}
	id, pid := uuid.New(), uuid.New()
	reported, err := client.CreateIssueWithResponse(ctx, id, nil, api.NewIssue{Category: "08012", ReportedAt: time.Now(), SentAt: time.Now(),
		Place:  &api.PositionInput{Lat: 20.0312, Lon: longitude, Source: to(api.Gps)},
		Photos: []api.Declaration{{Id: pid, Kind: api.PhotoKindReport, Bytes: int64(len(photo)), Sha256: hex.EncodeToString(sum[:])}}})
	want("longitude", ok("report", reported.JSON201, reported.Status(), reported.Body, err).Issue.Place.Lon, longitude)

	sent, err := client.UploadPhotoWithBodyWithResponse(ctx, id, pid, &api.UploadPhotoParams{ContentDigest: "sha-256=:" + base64.StdEncoding.EncodeToString(sum[:]) + ":"},
		"image/jpeg", bytes.NewReader(photo))
	want("digest of the receipt", ok("photo", sent.JSON201, sent.Status(), sent.Body, err).Sha256, hex.EncodeToString(sum[:]))

	assign := api.ActionRequest{Action: api.ActionKindAssign, Unit: &unit, DoneAt: time.Now(), SentAt: time.Now()}
	assigned, err := client.ActOnIssueWithResponse(ctx, id, uuid.New(), nil, assign)
	want("status", ok("assign", assigned.JSON201, assigned.Status(), assigned.Body, err).Issue.Status, api.Assigned)

	again, err := client.ActOnIssueWithResponse(ctx, id, uuid.New(), nil, assign)
	want("code of the second assignment", ok("assign again", again.ApplicationproblemJSON409, again.Status(), again.Body, err).Code, api.ProblemCodeIssueWrongStatus)

	list, err := client.ListIssuesWithResponse(ctx, &api.ListIssuesParams{Status: &[]api.Status{api.Assigned}, Bbox: &[]float64{110, 20, 111, 21}, Unit: &unit})
	found := false
	for _, i := range ok("list", list.JSON200, list.Status(), list.Body, err).Issues {
		found = found || i.Id == id
	}
	want("the issue in the list", found, true)
	fmt.Println("oapi-codegen: log-in, report, photo, assign")
}
