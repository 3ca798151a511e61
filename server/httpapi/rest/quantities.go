package rest

import (
	"fmt"

	"spotcheck/pkg/fault"
	"spotcheck/pkg/inspect"
)

// QuantityIn is how much of a kind of work was done, as it is sent.
type QuantityIn struct {
	Kind    string  `json:"kind" need:"true" max:"50"`
	Amount  float64 `json:"amount" need:"true"`
	Counted bool    `json:"counted" need:"true"`
}

// CheckAmounts names the amounts that make no sense.
func CheckAmounts(all []QuantityIn) (wrong []fault.Field) {
	for n, q := range all {
		if _, err := inspect.AmountOf(q.Amount); err != nil {
			wrong = append(wrong, fault.Field{Pointer: fmt.Sprintf("/quantities/%d/amount", n), Detail: err.Error()})
		}
	}
	return wrong
}

// QuantitiesOf are quantities whose amounts were checked.
func QuantitiesOf(all []QuantityIn) (some []inspect.Quantity) {
	for _, q := range all {
		if amount, err := inspect.AmountOf(q.Amount); err == nil {
			some = append(some, inspect.Quantity{Kind: q.Kind, Amount: amount, Counted: q.Counted})
		}
	}
	return some
}
