package city

import (
	"spotcheck/pkg/inspect"
	"spotcheck/server/store"
)

// Today is the day of a transaction in the city's zone.
func (svc *Service) Today(tx *store.Tx) inspect.Date { return inspect.DateOf(tx.Now, svc.zone) }
