package places

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"

	"spotcheck/pkg/inspect"
	"spotcheck/server/core/city"
)

// PlaceKinds are the kinds of the register of places that a city adds to those that every city has.
var PlaceKinds = city.Setting[[]inspect.LocalKind]{Key: "place_kinds", Read: localKinds}

// maxKinds is how many kinds of place a city adds at most.
const maxKinds = 50

func localKinds(v json.RawMessage) ([]inspect.LocalKind, error) {
	var kinds []inspect.LocalKind
	d := json.NewDecoder(bytes.NewReader(v))
	d.DisallowUnknownFields()
	if err := d.Decode(&kinds); err != nil || len(kinds) > maxKinds {
		return nil, errors.New("want a list of code, name_zh, name_en")
	}
	for n, k := range kinds {
		zh, en := len([]rune(k.NameZH)), len([]rune(k.NameEN))
		if err := new(inspect.SpotKind).UnmarshalText([]byte(k.Code)); err != nil || zh < 1 || zh > 50 || en < 1 || en > 50 {
			return nil, fmt.Errorf("kind %d: want a code of lower-case letters, digits and _, and two names of 1 to 50 characters", n)
		}
		if inspect.KnownKind(k.Code, kinds[:n]) {
			return nil, fmt.Errorf("kind %d: there is a kind %s already", n, k.Code)
		}
	}
	return kinds, nil
}
