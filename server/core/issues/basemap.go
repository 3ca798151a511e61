package issues

import (
	"bytes"
	"encoding/json"
	"errors"
	"net/url"
	"strings"

	"spotcheck/pkg/geo"
	"spotcheck/server/core/city"
)

// Basemap is what lies under the issues on the map of the desk. Without one the map shows outlines alone.
type Basemap struct {
	Kind        string    `json:"kind"`                  // raster: tiles by {z}/{x}/{y}; vector: a TileJSON; pmtiles: one file
	URL         string    `json:"url,omitempty"`         // of a PMTiles file none: it lies in the data folder
	Datum       geo.Datum `json:"datum"`                 // of the map; what is on it is shifted when it is shown
	Attribution string    `json:"attribution,omitempty"` // with the approval number (审图号) of the map
}

// BasemapFile is the name of a PMTiles file in the data folder that serves as a basemap.
const BasemapFile = "basemap.pmtiles"

// BasemapSetting is the setting; nil for no basemap.
var BasemapSetting = city.Setting[*Basemap]{Key: "basemap", Read: readBasemap}

// readBasemap reads the setting; null takes the basemap away.
func readBasemap(v json.RawMessage) (*Basemap, error) {
	if string(v) == "null" {
		return nil, nil
	}
	var b Basemap
	d := json.NewDecoder(bytes.NewReader(v))
	d.DisallowUnknownFields()
	if err := d.Decode(&b); err != nil {
		return nil, errors.New("want kind, url, datum, attribution, or null")
	}
	u, err := url.Parse(b.URL)
	switch {
	case b.Kind != "raster" && b.Kind != "vector" && b.Kind != "pmtiles":
		return nil, errors.New("want the kind raster, vector or pmtiles")
	case b.Kind == "pmtiles" && b.URL == "":
	case err != nil || u.Scheme != "https" && u.Scheme != "http" || u.Host == "" || u.User != nil || len(b.URL) > 500 || strings.ContainsAny(b.URL, " ;,'\"\\\n"):
		return nil, errors.New("want the address of the map, https:// or http://")
	case b.Kind == "raster" && (!strings.Contains(b.URL, "{z}") || !strings.Contains(b.URL, "{x}") || !strings.Contains(b.URL, "{y}")):
		return nil, errors.New("want {z}, {x} and {y} in the address of tiles")
	}
	switch {
	case b.Datum != geo.WGS84 && b.Datum != geo.GCJ02:
		return nil, errors.New("want the datum wgs84 or gcj02")
	case len([]rune(b.Attribution)) > 200:
		return nil, errors.New("want an attribution of at most 200 characters")
	}
	return &b, nil
}

// Origin is whom a browser asks for the map, empty for this server.
func (b *Basemap) Origin() string {
	if b == nil || b.URL == "" {
		return ""
	}
	u, err := url.Parse(b.URL)
	if err != nil {
		return ""
	}
	return u.Scheme + "://" + u.Host
}
